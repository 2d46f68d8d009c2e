import { answers, type IsolationResult, isolate as isolateLabels } from "@deepgrain/icl-anchors";
import { fields } from "@deepgrain/icl-anchors/fields";
import { meanFields } from "@deepgrain/studies/shared/means";
import { following } from "../cli/batch-progress";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { flagsFrom } from "../cli/flags-from";
import { UsageError } from "../cli/usage-error";
import { openPrompts, readingFlags, shown, writeResult } from "./open-prompts";

export const isolate = defineCommand({
  description:
    "Blocks attention from label words, and from random words for comparison, to the tokens before them in the first or last layers, and prints how many answers stay the same.",
  examples: [
    "anchors isolate",
    "anchors isolate --model gpt2 --task sst2 --data sst2-train.tsv --test sst2-dev.tsv --layers 1,3,5 --seeds 5",
  ],
  flags: {
    ...readingFlags,
    layers: flags.numbers({
      whole: true,
      min: 1,
      help: "Numbers of layers to block; by default 1,3,5,7, as far as the model has layers",
    }),
    ...flagsFrom(fields.isolation),
  },
  async run({ layers, mode, resample, topK, json, ...given }, context) {
    const { model, sets, about } = await openPrompts(given, "fixed", context);
    const count = model.config.numHiddenLayers;
    const wanted = layers ?? [1, 2, 3, 5, 7].filter((n) => n < count);
    const tooMany = wanted.find((n) => n > count);
    if (tooMany !== undefined)
      throw new UsageError(`--layers may be at most ${count}, the model's layers, got ${tooMany}`);
    const rows = [];
    for (const target of ["labels", "random"] as const)
      for (const where of ["first", "last"] as const)
        for (const n of wanted) {
          const found: IsolationResult[] = [];
          for (const { prompts, seed } of sets) {
            const run = following(context, `${target}, ${where} ${n}`);
            const original = await answers(model, prompts, { topK, signal: context.signal });
            const options = { where, layers: n, target, mode, resample, topK, seed, original };
            found.push(await isolateLabels(model, prompts, { ...options, ...run }));
          }
          const means = meanFields(found, "labelLoyalty", "wordLoyalty", "accuracy");
          rows.push({ target, where, layers: n, ...means });
        }
    writeResult(context, {
      json,
      about,
      result: { mode, resample, topK, rows },
      head: ["isolated", "layers", "label loyalty", "word loyalty", "accuracy"],
      body: rows.map((row) => [
        row.target,
        `${row.where} ${row.layers}`,
        ...[row.labelLoyalty, row.wordLoyalty, row.accuracy].map(shown),
      ]),
    });
  },
});
