import { evaluateScorer, parseLabelledRow } from "@deepgrain/prm";
import { fields } from "@deepgrain/prm/fields";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { flagsFrom } from "../cli/flags-from";
import { readFileRows } from "../formats/read-file-rows";
import { FormatError } from "../formats/read-json";
import { requireScorer, scorerFlags } from "./scorer-flags";

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

export const evaluate = defineCommand({
  description:
    "Measures a reward model on labelled steps: accuracy, calibration, how often the last step has the lowest score, and on ProcessBench rows the F1 of first errors.",
  examples: [
    "prm evaluate --scorer judge --in gsm8k.jsonl --form process-bench",
    "prm evaluate --scorer judge --in run/labels.jsonl --json",
  ],
  flags: {
    ...scorerFlags,
    in: flags.file({ required: true, help: "Labelled solutions, one JSON object per line" }),
    ...flagsFrom(fields.rows),
    ...flagsFrom(fields.evaluation),
    json: flags.flag({ help: "Print the result as JSON" }),
  },
  async run({ in: path, form, threshold, bins, json, ...given }, context) {
    const { signal, progress } = context;
    const scorer = await requireScorer(given, signal);
    const { rows, rejected } = await readFileRows(path, parseLabelledRow(form), progress);
    if (rows.length === 0) throw new FormatError(`${path} holds no labelled solutions`);
    const firstErrors = form === "process-bench";
    const options = { threshold, bins, firstErrors, signal };
    const result = {
      rows: rows.length,
      rejected,
      ...(await evaluateScorer(scorer, rows, options)),
    };
    if (json) return context.write(`${JSON.stringify(result)}\n`);
    const { calibration: curve, processBench: bench } = result;
    const lines = [
      `${result.steps} labelled steps of ${rows.length} solutions`,
      `accuracy ${percent(result.accuracy)}, expected calibration error ${curve.expectedError.toFixed(3)}, Brier score ${curve.brier.toFixed(3)}`,
      ...curve.bins.map(
        (bin) =>
          `  scores ${bin.low.toFixed(1)} to ${bin.high.toFixed(1)}: mean ${bin.meanScore.toFixed(2)}, good ${bin.meanLabel.toFixed(2)} (${bin.count})`,
      ),
      `lowest score on the last step: ${percent(result.outcomeShift)}`,
    ];
    if (bench)
      lines.push(
        `first errors: F1 ${percent(bench.f1)} (rows with an error ${percent(bench.errorAccuracy)}, without ${percent(bench.correctAccuracy)})`,
      );
    context.write(`${lines.join("\n")}\n`);
  },
});
