import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { readFileRows } from "@deepgrain/command-line/files/read-file-rows";
import { createRowGrader, formatRow } from "@deepgrain/prm";
import { FormatError } from "@deepgrain/studies/shared/read-json";
import type { gradeFlags } from "./flags";

/** `prm grade`. */
export const grade: RunCommand<typeof gradeFlags> = async (
  { completions: path, out, json },
  { progress, write },
) => {
  const { rows, rejected } = await readFileRows(path, createRowGrader(), progress);
  if (rows.length === 0)
    throw new FormatError(
      `${path} holds no row to grade${rejected > 0 ? `: ${rejected} are malformed` : ""}`,
    );
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
};
