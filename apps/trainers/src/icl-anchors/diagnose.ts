import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { following } from "@deepgrain/command-line/terminal/batch-progress";
import {
  type Confusion,
  type Diagnosis,
  diagnose as diagnosePrompts,
  toRows,
} from "@deepgrain/icl-anchors";
import { meanOf } from "@deepgrain/studies/shared/means";
import type { diagnoseFlags } from "./flags";
import { openPrompts, shown, writeResult } from "./open-prompts";

const rowsOf = ({ rows, data }: Confusion): number[][] => toRows(data, rows);

/** `anchors diagnose`. */
export const diagnose: RunCommand<typeof diagnoseFlags> = async (
  { layer, components, json, ...given },
  context,
) => {
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
};
