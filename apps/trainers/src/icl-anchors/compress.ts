import {
  type Answer,
  answers,
  type CompressionResult,
  type CompressionVariant,
  compressionVariants,
  compress as compressPrompts,
} from "@deepgrain/icl-anchors";
import { fields } from "@deepgrain/icl-anchors/fields";
import { meanFields } from "@deepgrain/studies/shared/means";
import { following } from "../cli/batch-progress";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { flagsFrom } from "../cli/flags-from";
import { openPrompts, readingFlags, shown, writeResult } from "./open-prompts";

export const compress = defineCommand({
  description:
    "Answers queries from only the keys and values of the demonstrations' label and formatting tokens, and prints how many answers stay the same.",
  examples: [
    "anchors compress",
    "anchors compress --model gpt2 --task sst2 --data sst2-train.tsv --variants hidden-anchor,text-anchor",
  ],
  flags: {
    ...readingFlags,
    variants: flags.names(compressionVariants, {
      help: `What to keep; all of ${compressionVariants.join(",")} by default`,
    }),
    ...flagsFrom(fields.compression),
  },
  async run(
    { variants = compressionVariants, queryPositions, draws, topK, json, ...given },
    context,
  ) {
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
  },
});
