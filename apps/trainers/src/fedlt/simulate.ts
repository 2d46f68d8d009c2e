import type { LongTailSplit } from "@deepgrain/fedlt";
import { secureAggregation } from "@deepgrain/fedlt/secure";
import { textTable } from "@deepgrain/lab";
import { imageEncoder } from "@deepgrain/studies/redgrape/image-encoder";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { UsageError } from "../cli/usage-error";
import { continueFlags } from "../run/training-flags";
import { clientNames, methodFlags, picturesOf, splitFlags, splitOf } from "./federation-flags";
import { resultText, roundsFiles, runRounds } from "./run-rounds";
import { simulatedClients } from "./simulated-clients";

/** Pictures per class of each client, and of all. At most 20 clients are shown. */
function countsText(split: LongTailSplit, names: readonly string[], columns?: number): string {
  const { countsPerClient, counts } = split;
  const shown = countsPerClient.slice(0, 20).map((own, k) => [names[k]!, ...own.map(String)]);
  const rest = names.length > 20 ? `\n… and ${names.length - 20} more` : "";
  const head = ["pictures of class", ...counts.map((_, c) => String(c))];
  return `${textTable([head, ...shown, ["all", ...counts.map(String)]], { columns })}${rest}`;
}

export const simulate = defineCommand({
  description:
    "Runs a whole federation on this machine, on long-tailed images that are skewed across clients.",
  examples: [
    "fed simulate",
    "fed simulate --method fedavg --data fashion-mnist --out run",
    "fed simulate --method fedavg --dp-clip 0.5 --noise-multiplier 1 --clients 100 --clients-per-round 10",
    "fed simulate --method fedavg --aggregator krum --byzantine 2",
    "fed simulate --clients 1000 --clients-per-round 50 --largest 700 --workers 2",
  ],
  isTraining: true,
  flags: {
    ...methodFlags,
    ...splitFlags,
    workers: flags.whole({
      min: 1,
      max: 64,
      default: 1,
      help: "Number of worker threads; it does not change the results",
    }),
    out: flags.folder({
      writes: "folder",
      help: "Folder for journal, metrics.jsonl and model.safetensors; the same command with --resume continues there",
    }),
    ...continueFlags,
    json: flags.flag({ help: "Print the result as JSON" }),
  },
  async run({ out, json, workers, resume, overwrite, ...given }, context) {
    if (given.secure && workers > 1)
      throw new UsageError("--secure needs clients that keep their keys: leave --workers out");
    const pictures = await picturesOf(given, context.signal);
    const split = splitOf(pictures, given);
    const names = clientNames(given.clients);
    if (out !== undefined) {
      const { data: _, folder: __, ...settings } = given;
      await context.claim(out, {
        command: "fed simulate",
        settings: { ...settings, network: pictures.network },
        data: { set: pictures.set, pictures: pictures.fingerprint },
        ...roundsFiles(),
        resume,
        overwrite,
        changeable: ["rounds"],
      });
    }
    context.progress.note(countsText(split, names, context.columns));
    const encoder = imageEncoder(pictures.network, pictures.shape);
    const { transport, close } = simulatedClients(split, { ...given, workers }, { names, encoder });
    const total = split.counts.reduce((sum, n) => sum + n, 0);
    const maxSamples = Math.max(...split.clients.map(({ labels }) => labels.length));
    try {
      const result = await runRounds(
        {
          transport,
          pictures,
          encoder,
          given,
          out,
          clients: given.clients,
          limits: { maxSamples },
          priors: split.counts.map((n) => n / total),
          collector: given.secure ? secureAggregation({ maxSamples }) : undefined,
        },
        context,
      );
      context.write(json ? `${JSON.stringify(result)}\n` : resultText(result, context.columns));
    } finally {
      await close();
    }
  },
});
