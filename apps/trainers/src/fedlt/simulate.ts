import { join } from "node:path";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import type { LongTailSplit } from "@deepgrain/fedlt";
import { secureAggregation } from "@deepgrain/fedlt/secure";
import { imageEncoder } from "@deepgrain/studies/redgrape/image-encoder";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { textTable } from "@deepgrain/support/pages";
import type { simulateFlags } from "./flags";
import { checkGuards } from "./guards";
import { clientNames, picturesOf, splitOf } from "./pictures";
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

/** `fed simulate`. */
export const simulate: RunCommand<typeof simulateFlags> = async (
  { out, json, workers, resume, overwrite, ...given },
  context,
) => {
  if (given.secure && workers > 1)
    throw new UsageError("--secure needs clients that keep their keys: leave --workers out");
  const isPersonal = given.method === "ditto";
  if (isPersonal && workers > 1 && out === undefined)
    throw new UsageError("--method ditto keeps a model per client: with --workers it needs --out");
  checkGuards(given, given.clients);
  const pictures = await picturesOf(given, context.signal);
  const split = splitOf(pictures, given);
  const names = clientNames(given.clients);
  if (out !== undefined) {
    const { data: _, folder: __, ...settings } = given;
    await context.claim(out, {
      command: "fed simulate",
      settings: { ...settings, network: pictures.network },
      data: { set: pictures.set, pictures: pictures.fingerprint },
      ...roundsFiles(isPersonal ? ["personal/"] : []),
      resume,
      overwrite,
      changeable: ["rounds"],
    });
  }
  context.progress.note(countsText(split, names, context.columns));
  const personal = isPersonal && out !== undefined ? join(out, "personal") : undefined;
  const encoder = imageEncoder(pictures.network, pictures.shape);
  const { transport, close } = simulatedClients(
    split,
    { ...given, workers, personal },
    { names, encoder },
  );
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
};
