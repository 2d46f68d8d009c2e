import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { readFileRows } from "@deepgrain/command-line/files/read-file-rows";
import { evaluateScorer, parseLabelledRow } from "@deepgrain/prm";
import { FormatError } from "@deepgrain/studies/shared/read-json";
import type { evaluateFlags } from "./flags";
import { requireScorer } from "./open-scorer";

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** `prm evaluate`. */
export const evaluate: RunCommand<typeof evaluateFlags> = async (
  { in: path, form, threshold, bins, json, ...given },
  context,
) => {
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
};
