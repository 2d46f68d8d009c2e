import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { requireOne } from "@deepgrain/command-line/flags/given-together";
import { noiseFor, privacySpent } from "@deepgrain/fedlt";
import type { privacyFlags } from "./flags";

/** `fed privacy`. */
export const privacy: RunCommand<typeof privacyFlags> = async (
  { noiseMultiplier, epsilon, rounds: steps, json, ...given },
  { write },
) => {
  requireOne({ noiseMultiplier, epsilon });
  const noise = noiseMultiplier ?? noiseFor({ ...given, steps, epsilon: epsilon! });
  const spent = privacySpent({ ...given, steps, noiseMultiplier: noise });
  const result = epsilon === undefined ? spent : { ...spent, noiseMultiplier: noise };
  write(
    json
      ? `${JSON.stringify(result)}\n`
      : `ε ${spent.epsilon.toFixed(3)} at δ ${given.delta} (order ${spent.order}, noise multiplier ${Number(noise.toPrecision(4))})\n`,
  );
};
