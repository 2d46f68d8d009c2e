import {
  type Confusion,
  type Diagnosis,
  diagnose as diagnosePrompts,
  toRows,
} from "@deepgrain/icl-anchors";
import { fields } from "@deepgrain/icl-anchors/fields";
import { meanOf } from "@deepgrain/studies/shared/means";
import { following } from "../cli/batch-progress";
import { defineCommand } from "../cli/define-command";
import { flagsFrom } from "../cli/flags-from";
import { openPrompts, readingFlags, shown, writeResult } from "./open-prompts";

const rowsOf = ({ rows, data }: Confusion): number[][] => toRows(data, rows);

export const diagnose = defineCommand({
  description:
    "Predicts from the keys of the label words which classes the model confuses, and compares them with those it really confuses.",
  examples: [
    "anchors diagnose --model look-alike",
    "anchors diagnose --model gpt2 --task trec --data trec-train.tsv --test trec-test.tsv --layer 8",
  ],
  flags: {
    ...readingFlags,
    ...flagsFrom(fields.diagnosis),
  },
  async run({ layer, components, json, ...given }, context) {
    const { model, sets, about, classNames } = await openPrompts(given, "shared", context);
    const found: Diagnosis[] = [];
    for (const { prompts, seed } of sets) {
      const run = following(context, `seed ${seed}`);
      found.push(await diagnosePrompts(model, prompts, { layer, components, ...run }));
    }
    const pairs = classNames.flatMap((a, i) =>
      classNames.slice(i + 1).map((b, j) => ({ name: `${a} – ${b}`, at: [i, i + 1 + j] as const })),
    );
    const mean = (which: "predicted" | "actual", [i, j]: readonly [number, number]) =>
      meanOf(found.map((one) => rowsOf(one[which])[i]![j]!));
    const correlation = meanOf(found.map((one) => one.spearman));
    writeResult(context, {
      json,
      about,
      result: {
        layer: found[0]!.layer,
        components: found[0]!.components,
        spearman: correlation,
        accuracy: meanOf(found.map((one) => one.accuracy)),
        runs: found.map(({ predicted, actual, spearman }, i) => ({
          seed: sets[i]!.seed,
          spearman,
          predicted: rowsOf(predicted),
          actual: rowsOf(actual),
          skipped: actual.skipped,
        })),
      },
      head: ["pair", "predicted distance", "told apart (AUC)"],
      body: [
        ...pairs.map(({ name, at }) => [
          ...[name, shown(mean("predicted", at)), shown(mean("actual", at))],
        ]),
        ["Spearman correlation", shown(correlation), ""],
      ],
    });
  },
});
