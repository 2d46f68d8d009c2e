import {
  calibration,
  firstBelow,
  type LabelForm,
  labelForms,
  outcomeShift,
  parseLabelledRow,
  parseProcessBench,
  processBenchMetrics,
  type StepScorer,
  scoreSteps,
} from "@deepgrain/prm";
import type { CliContext } from "../cli/context";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { UsageError } from "../cli/usage-error";
import { readFileRows } from "../formats/read-file-rows";
import { requireScorer, scorerFlags } from "./scorer-flags";

/** A labelled solution; a row of ProcessBench also says which step is the first wrong one, −1 for none. */
const parseRow = (form: LabelForm) => {
  const parse = parseLabelledRow(form);
  return (json: unknown) => ({
    ...parse(json),
    firstError: form === "process-bench" ? parseProcessBench(json).label : undefined,
  });
};

/** Scores of all steps beside their labels; each solution is scored once. */
async function stepScores(
  path: string,
  form: LabelForm,
  scorer: StepScorer,
  { progress, signal }: CliContext,
) {
  const { rows, rejected } = await readFileRows(path, parseRow(form), progress);
  if (rows.length === 0) throw new UsageError(`--in: ${path} holds no labelled solutions`);
  const all = await Promise.all(
    rows.map(({ problem, steps }) => scoreSteps(scorer, problem, steps, { signal })),
  );
  const pairs = rows.flatMap(({ labels }, i) =>
    labels.flatMap((label, step) =>
      label === null ? [] : [{ score: all[i]![step]!, label: Number(label) }],
    ),
  );
  return { all, pairs, rows, rejected };
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

export const evaluate = defineCommand({
  description:
    "Measures a reward model on labelled steps: accuracy, calibration, how often the lowest score is the last one's, and on ProcessBench rows the F1 of first errors.",
  examples: [
    "prm evaluate --scorer judge --in gsm8k.jsonl --form process-bench",
    "prm evaluate --scorer judge --in run/labels.jsonl --json",
  ],
  flags: {
    ...scorerFlags,
    in: flags.file({ required: true, help: "Labelled solutions, one JSON object per line" }),
    form: flags.choice(labelForms, {
      default: "labels",
      help: "labels: as prm annotate writes them",
    }),
    threshold: flags.real({ max: 1, default: 0.5, help: "A step that scores below it is wrong" }),
    bins: flags.whole({ min: 1, default: 10, help: "Bins of the reliability curve" }),
    json: flags.flag({ help: "Print the result as JSON" }),
  },
  async run({ in: path, form, threshold, bins, json, ...given }, context) {
    const scorer = await requireScorer(given, context.signal);
    const { all, pairs, rows, rejected } = await stepScores(path, form, scorer, context);
    const [scores, labels] = [pairs.map(({ score }) => score), pairs.map(({ label }) => label)];
    const curve = calibration(scores, labels, { bins });
    const right = pairs.filter(({ score, label }) => score >= threshold === label > 0.5).length;
    const firstErrors = rows.flatMap(({ firstError: label }, i) =>
      label === undefined ? [] : [{ label, prediction: firstBelow(all[i]!, threshold) }],
    );
    const result = {
      rows: rows.length,
      rejected,
      steps: pairs.length,
      accuracy: right / pairs.length,
      calibration: curve,
      outcomeShift: outcomeShift(all),
      processBench: form === "process-bench" ? processBenchMetrics(firstErrors) : undefined,
    };
    if (json) return context.write(`${JSON.stringify(result)}\n`);
    const bench = result.processBench;
    const lines = [
      `${pairs.length} labelled steps of ${rows.length} solutions`,
      `accuracy ${percent(result.accuracy)}, expected calibration error ${curve.expectedError.toFixed(3)}, Brier score ${curve.brier.toFixed(3)}`,
      ...curve.bins.map(
        (bin) =>
          `  scores ${bin.low.toFixed(1)} to ${bin.high.toFixed(1)}: mean ${bin.meanScore.toFixed(2)}, good ${bin.meanLabel.toFixed(2)} (${bin.count})`,
      ),
      `lowest score on the last step: ${percent(result.outcomeShift)}`,
      ...(bench
        ? [
            `first errors: F1 ${percent(bench.f1)} (rows with an error ${percent(bench.errorAccuracy)}, without ${percent(bench.correctAccuracy)})`,
          ]
        : []),
    ];
    context.write(`${lines.join("\n")}\n`);
  },
});
