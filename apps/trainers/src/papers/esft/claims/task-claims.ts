import { comparedMarks, comparedRetention, type MarkKind, randomMarks } from "../paper-marks";
import { type Measure, measureNames, tuned } from "../quantities";
import type { EsftSettings } from "../settings";
import { type TaskId, taskOf } from "../tasks";
import { ALL_TASKS, type Claim } from "./claim";

const wideLora =
  "rank 8 is an eighth of the width here and a 256th in the paper: LoRA trains more weights than ESFT here, and reaches every expert";

const names = {
  vanilla: "before",
  full: "FFT",
  lora: "LoRA",
  "esft-token": "ESFT-Token",
  "esft-gate": "ESFT-Gate",
  random: "random experts",
} as const;

type MethodId = keyof typeof names;

interface Row {
  lower: MethodId;
  higher: MethodId;
  measure: Measure;
  /** What the paper measured on tasks of a kind. */
  paper: (kind: MarkKind) => string;
  ifReversed?: string;
}

const esft = ["esft-token", "esft-gate"] as const;

const inLoss: Row[] = [
  ...esft.map(
    (own): Row => ({
      lower: own,
      higher: "vanilla",
      measure: "loss",
      paper: (kind) => comparedMarks(own, "vanilla", kind),
    }),
  ),
  ...esft.map(
    (own): Row => ({
      lower: own,
      higher: "random",
      measure: "loss",
      paper: (kind) => randomMarks(own, kind),
    }),
  ),
  ...esft.map(
    (own): Row => ({
      lower: own,
      higher: "lora",
      measure: "loss",
      paper: (kind) => comparedMarks(own, "lora", kind),
      ifReversed: wideLora,
    }),
  ),
  ...esft.map(
    (own): Row => ({
      lower: "full",
      higher: own,
      measure: "loss",
      paper: (kind) => comparedMarks("full", own, kind),
    }),
  ),
];

const inQuality: Row[] = [
  {
    lower: "random",
    higher: "esft-token",
    measure: "chrF",
    paper: (kind) => randomMarks("esft-token", kind),
  },
  {
    lower: "lora",
    higher: "esft-token",
    measure: "chrF",
    paper: (kind) => comparedMarks("esft-token", "lora", kind),
    ifReversed: wideLora,
  },
  {
    lower: "esft-token",
    higher: "full",
    measure: "chrF",
    paper: (kind) => comparedMarks("full", "esft-token", kind),
  },
];

const inForgetting: Row[] = [
  ...(["full", "lora"] as const).flatMap((other) =>
    esft.map(
      (own): Row => ({
        lower: own,
        higher: other,
        measure: "forgetting",
        paper: () => comparedRetention(own, other),
      }),
    ),
  ),
  { lower: "esft-token", higher: "random", measure: "forgetting", paper: () => "not given" },
];

function claimsFrom(
  experiment: Claim["experiment"],
  rows: readonly Row[],
  { tasks }: EsftSettings,
): Claim[] {
  const scopes: (TaskId | null)[] = tasks.length > 1 ? [null, ...tasks] : [...tasks];
  return scopes.flatMap((task) =>
    rows.map(({ lower, higher, measure, paper, ifReversed }) => ({
      experiment,
      scope: task ? taskOf(task).name : ALL_TASKS,
      measure: measureNames[measure],
      lower: tuned(lower, names[lower], measure, task),
      higher: tuned(higher, names[higher], measure, task),
      paper: paper(task ? taskOf(task).kind : "all"),
      ...(ifReversed === undefined ? {} : { ifReversed }),
    })),
  );
}

/** B-3: over all tasks, then task by task. */
export const taskClaims = (settings: EsftSettings): Claim[] =>
  claimsFrom("B-3", [...inLoss, ...inQuality], settings);

/** B-4: over all tasks, then task by task. */
export const retentionClaims = (settings: EsftSettings): Claim[] =>
  claimsFrom("B-4", inForgetting, settings);
