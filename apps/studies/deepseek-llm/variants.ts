import type { Variant as GridRow } from "@deepgrain/lab";
import { type SweepSettings, shapeAt, type TrainingShape, widthsAt } from "./recipe";

/** Which text a model is trained on. */
export type Corpus = "english" | "noisy";

/** How the schedules are compared: with continued training, or at one length where a multi-step schedule's stages end elsewhere. */
export type ScheduleKind = "multi-step" | "cosine" | "cosine-continued" | keyof typeof splits;

/** Where the first two stages end that are not the paper's choice, 80/10/10. */
export const splits = { "70/15/15": [0.7, 0.85], "60/20/20": [0.6, 0.8] } as const;

/** The purpose of a training of the grid; "pair" is a rate with a batch. */
export type GridPart = "size" | "rate" | "batch" | "pair";

/** One training, or the trainings of one schedule. */
export type Variant = GridRow &
  (
    | { kind: "grid"; part: GridPart; corpus: Corpus; budget: number; shape: TrainingShape }
    | { kind: "schedule"; schedule: ScheduleKind; shape: TrainingShape }
    | { kind: "held-out" }
  );

const short = (flops: number) => flops.toExponential(1).replace("e+", "e");

function sizesOn(corpus: Corpus, settings: SweepSettings): Variant[] {
  return settings.budgets.flatMap((budget) =>
    widthsAt(settings, budget).map((width): Variant => {
      return {
        id: `${corpus}/c${short(budget)}-d${width}`,
        experiments: corpus === "english" ? ["C-3", "C-7"] : ["C-7"],
        weight: budget,
        kind: "grid",
        part: "size",
        corpus,
        budget,
        shape: shapeAt(settings, budget, { width }),
      };
    }),
  );
}

/** The width at which a budget's rates and batches are varied: the middle one. */
function middleWidth(settings: SweepSettings, budget: number): number {
  const widths = widthsAt(settings, budget);
  return widths[Math.floor((widths.length - 1) / 2)]!;
}

/** Rates and batches for one width per budget, the same at all budgets. */
function hyperParameters(settings: SweepSettings): Variant[] {
  const { hyperBudgets, rates, batches } = settings;
  const one = (part: GridPart, budget: number, value: number | string, given: object): Variant => ({
    id: `${part}/c${short(budget)}-${value}`,
    experiments: [part === "pair" ? "C-1" : "C-2"],
    weight: budget,
    kind: "grid",
    part,
    corpus: "english",
    budget,
    shape: shapeAt(settings, budget, { width: middleWidth(settings, budget), ...given }),
  });
  const [, middle = hyperBudgets[0]!] = hyperBudgets;
  return [
    ...hyperBudgets.flatMap((budget) => [
      ...rates.map((lr) => one("rate", budget, lr, { lr })),
      ...batches.map((batchTokens) => one("batch", budget, batchTokens, { batchTokens })),
    ]),
    ...rates.flatMap((lr) =>
      batches.map((batchTokens) =>
        one("pair", middle, `${lr}-${batchTokens}`, { lr, batchTokens }),
      ),
    ),
  ];
}

function schedules(settings: SweepSettings): Variant[] {
  const { scheduleBudget: budget } = settings;
  const shape = shapeAt(settings, budget, { width: middleWidth(settings, budget) });
  const one = (schedule: ScheduleKind, name: string, experiments: string[], weight: number) => ({
    id: `schedule/${schedule}`,
    name,
    experiments,
    weight,
    ...({ kind: "schedule", schedule, shape } as const),
  });
  return [
    one("multi-step", "multi-step", ["C-5", "C-6"], 2 * budget),
    one("cosine", "cosine", ["C-5"], 3 * budget),
    one("cosine-continued", "cosine, continued", ["C-5"], 2 * budget),
    one("70/15/15", "multi-step 70/15/15", ["C-6"], budget),
    one("60/20/20", "multi-step 60/20/20", ["C-6"], budget),
  ];
}

/** The ids of the trainings that a law is fitted to. */
export const idsOf = (variants: readonly Variant[], corpus: Corpus, parts: readonly GridPart[]) =>
  variants
    .filter((one) => one.kind === "grid" && one.corpus === corpus && parts.includes(one.part))
    .map(({ id }) => id);

/** Everything that is trained: model sizes on two corpora, rates and batches, schedules, and the run that is predicted. */
export function sweepVariants(settings: SweepSettings): Variant[] {
  const grid = [
    ...sizesOn("english", settings),
    ...sizesOn("noisy", settings),
    ...hyperParameters(settings),
  ];
  const after = idsOf(grid, "english", ["size", "rate", "batch"]);
  return [
    ...grid,
    ...schedules(settings),
    {
      id: "held-out",
      name: "the larger run",
      kind: "held-out",
      after,
      experiments: ["C-4"],
      weight: settings.heldOut,
    },
  ];
}
