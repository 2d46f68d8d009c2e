import { optionsOf, refuseUnknown, ScalingLawsError, textOf } from "../errors";
import { type ColumnNames, findColumns } from "./columns";
import { csvRows, type RawRow, toRows, unitOf } from "./parse-runs";
import { rowToRun } from "./row-to-run";
import type { LossUnit, Run } from "./run";

/** Runs of an export, and those that were left out. */
export interface WandbImport {
  runs: Run[];
  /** Runs that have not finished. */
  skipped: { row: number; name: string; state: string }[];
}

/** W&B's summaries usually hold the training loss too: held-out ones go first. */
const HELD_OUT_FIRST = {
  loss: ["val/loss", "validation/loss", "eval/loss", "test/loss", "val_loss", "eval_loss"],
  bpb: ["val/bpb", "eval/bpb"],
  tokens: ["train/tokens", "tokens_seen"],
  steps: ["train/global_step", "trainer/global_step"],
};

/** Names without the groups that W&B puts before config and summary values. */
const plainName = (name: string) => name.replace(/^(config|summary|summary_metrics)[./]/, "");

function plainRow({ line, cells }: RawRow): RawRow {
  const entries = Object.entries(cells).map(([name, value]) => [plainName(name), value]);
  return { line, cells: Object.fromEntries(entries) };
}

/**
 * Reads the runs table that Weights & Biases exports as CSV: one run per row, with its config and summary values as
 * columns. Runs whose `State` is not "finished" are left out and listed. `batch_size` counts sequences; tokens follow
 * from steps × batch where missing.
 *
 * @param text the file's content
 * @param options.columns names of columns that are called otherwise, for example `{ loss: "eval/nll" }`
 * @throws {ScalingLawsError} `ERR_ROW` naming file, row and key; `ERR_FORMAT` for broken CSV; `ERR_TOO_FEW` where no run
 *   finished
 */
export function importWandb(
  text: string,
  options: {
    file?: string | undefined;
    columns?: ColumnNames | undefined;
    unit?: LossUnit | undefined;
  } = {},
): WandbImport {
  const { file = "wandb.csv", columns, unit, ...rest } = optionsOf("importWandb", options);
  refuseUnknown("importWandb", rest);
  textOf("importWandb", "text", text);
  const raw = csvRows(text, file).map(plainRow);
  const names = Object.keys(raw[0]?.cells ?? {});
  const rows = toRows(raw, file, findColumns(names, columns, HELD_OUT_FIRST));
  const stateOf = (i: number) => String(raw[i]!.cells.State ?? "finished").toLowerCase();
  const isFinished = (i: number) => stateOf(i) === "finished" || stateOf(i) === "";
  const finished = rows.filter((_, i) => isFinished(i));
  const skipped = rows.flatMap(({ row }, i) =>
    isFinished(i) ? [] : [{ row, name: String(raw[i]!.cells.Name ?? ""), state: stateOf(i) }],
  );
  if (finished.length === 0)
    throw new ScalingLawsError(
      "ERR_TOO_FEW",
      `scaling-laws/importWandb: ${file} has no finished run (${skipped.length} others)`,
      { fields: { file, skipped: skipped.length } },
    );
  const chosen = unit ?? unitOf(finished);
  return { runs: finished.map((row) => rowToRun("importWandb", row, chosen)), skipped };
}
