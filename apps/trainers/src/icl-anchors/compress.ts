import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { following } from "@deepgrain/command-line/terminal/batch-progress";
import {
  type Answer,
  answers,
  type CompressionResult,
  type CompressionVariant,
  compressionVariants,
  compress as compressPrompts,
} from "@deepgrain/icl-anchors";
import { meanFields } from "@deepgrain/studies/shared/means";
import type { compressFlags } from "./flags";
import { openPrompts, shown, writeResult } from "./open-prompts";

/** `anchors compress`. */
export const compress: RunCommand<typeof compressFlags> = async (
  { variants = compressionVariants, queryPositions, draws, topK, json, ...given },
  context,
) => {
  const { model, sets, about } = await openPrompts(given, "fixed", context);
  const originals: Answer[][] = [];
  for (const { prompts } of sets)
    originals.push(await answers(model, prompts, { topK, signal: context.signal }));
  const one = async (variant: CompressionVariant) => {
    const found: CompressionResult[] = [];
    for (const [i, { prompts, seed }] of sets.entries()) {
      const run = following(context, variant);
      const options = { variant, queryPositions, draws, topK, seed, original: originals[i]! };
      found.push(await compressPrompts(model, prompts, { ...options, ...run }));
    }
    const loyalties = ["labelLoyalty", "wordLoyalty", "accuracy"] as const;
    return { variant, ...meanFields(found, ...loyalties, "keptTokens", "demonstrationTokens") };
  };
  const rows = [];
  for (const variant of variants) rows.push(await one(variant));
  writeResult(context, {
    json,
    about,
    result: { queryPositions, draws, topK, rows },
    head: ["kept", "label loyalty", "word loyalty", "accuracy", "tokens"],
    body: rows.map((row) => [
      row.variant,
      ...[row.labelLoyalty, row.wordLoyalty, row.accuracy].map(shown),
      `${shown(row.keptTokens)} of ${shown(row.demonstrationTokens)}`,
    ]),
  });
};
