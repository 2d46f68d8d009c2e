import { noiseFor, privacySpent } from "@deepgrain/fedlt";
import { fields } from "@deepgrain/fedlt/fields";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { flagsFrom } from "../cli/flags-from";
import { UsageError } from "../cli/usage-error";

const { noiseMultiplier, epsilon, conversion } = flagsFrom(fields.privacy);

export const privacy = defineCommand({
  description:
    "Computes the differential privacy that rounds of DP-FedAvg give each client, or the noise that a wanted guarantee needs.",
  examples: [
    "fed privacy --sampling-rate 0.00427 --noise-multiplier 1.1 --steps 14063 --delta 1e-5 --json",
    "fed privacy --sampling-rate 0.01 --epsilon 2 --steps 1000 --delta 1e-6",
  ],
  flags: {
    samplingRate: flags.real({
      required: true,
      max: 1,
      help: "q: probability that a client takes part in a round",
    }),
    noiseMultiplier,
    epsilon,
    steps: flags.whole({ required: true, help: "Rounds" }),
    delta: flags.real({ required: true, max: 1, help: "δ, below one over the number of clients" }),
    conversion,
    json: flags.flag({ help: "Print { epsilon, order } as JSON" }),
  },
  async run({ noiseMultiplier, epsilon, json, ...given }, { write }) {
    if ((noiseMultiplier === undefined) === (epsilon === undefined))
      throw new UsageError("give either --noise-multiplier or --epsilon");
    const noise = noiseMultiplier ?? noiseFor({ ...given, epsilon: epsilon! });
    const spent = privacySpent({ ...given, noiseMultiplier: noise });
    const result = epsilon === undefined ? spent : { ...spent, noiseMultiplier: noise };
    write(
      json
        ? `${JSON.stringify(result)}\n`
        : `ε ${spent.epsilon.toFixed(3)} at δ ${given.delta} (order ${spent.order}, noise multiplier ${Number(noise.toPrecision(4))})\n`,
    );
  },
});
