import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { following } from "@deepgrain/command-line/terminal/batch-progress";
import { answers, type IsolationResult, isolate as isolateLabels } from "@deepgrain/icl-anchors";
import { meanFields } from "@deepgrain/studies/shared/means";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import type { isolateFlags } from "./flags";
import { openPrompts, shown, writeResult } from "./open-prompts";

/** `anchors isolate`. */
export const isolate: RunCommand<typeof isolateFlags> = async (
  { layers, mode, resample, topK, json, ...given },
  context,
) => {
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
};
