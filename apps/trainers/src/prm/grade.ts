import { createRowGrader, formatRow } from "@deepgrain/prm";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { readFileRows } from "../formats/read-file-rows";
import { FormatError } from "../formats/read-json";

export const grade = defineCommand({
  description:
    "Grades answers: rows of id, completion, gold and format become rows of id, extracted and correct. Malformed rows are noted with their line and counted.",
  examples: ["prm grade --in rows.jsonl --out out.jsonl"],
  flags: {
    in: flags.file({
      required: true,
      help: 'One JSON object per line: {"id", "completion", "gold", "format": "gsm8k" | "math" | "prm800k"} and optionally "marker", "mode"; gold is a bare answer or a whole solution with the same marker',
    }),
    out: flags.outFile({
      required: true,
      help: 'Results, one per line: {"id", "extracted", "correct"}',
    }),
    json: flags.flag({ help: "Print the counts as JSON" }),
  },
  async run({ in: path, out, json }, { progress, write }) {
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
  },
});
