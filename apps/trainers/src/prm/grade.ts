import { createRowGrader, formatRow } from "@deepgrain/prm";
import type { CommandContext } from "../cli/context";
import type { Values } from "../cli/flags";
import { readFileRows } from "../formats/read-file-rows";
import type { gradeFlags } from "./flags";

/** `prm grade`. */
export async function grade(
  { completions: path, out, json }: Values<typeof gradeFlags>,
  { progress, write }: CommandContext,
): Promise<void> {
  const { rows, rejected } = await readFileRows(path, createRowGrader(), progress);
  await out.save(rows.map(formatRow).join(""));
  const counts = {
    rows: rows.length,
    correct: rows.filter((row) => row.correct).length,
    rejected,
  };
  const { rows: all, correct } = counts;
  write(
    json
      ? `${JSON.stringify(counts)}\n`
      : `${correct} of ${all} correct${rejected > 0 ? `, ${rejected} malformed rows left out` : ""}\n`,
  );
}
