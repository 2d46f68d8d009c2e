import type { Variant as GridRow } from "@deepgrain/lab";
import { type SweepSettings, shapeAt, type TrainingShape, widthsAt } from "./recipe";

/** Which text a model is trained on. */
export type Corpus = "english" | "noisy";

/** How the schedules are compared. */
export type ScheduleKind = "multi-step" | "cosine" | "cosine-continued";

/** What a training of the grid is for. */
export type GridPart = "size" | "rate" | "batch";

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
        ...{ kind: "grid", part: "size", corpus, budget },
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
  const one = (part: GridPart, budget: number, value: number, given: object): Variant => ({
    id: `${part}/c${short(budget)}-${value}`,
    experiments: ["C-2"],
    weight: budget,
    ...{ kind: "grid", part, corpus: "english", budget },
    shape: shapeAt(settings, budget, { width: middleWidth(settings, budget), ...given }),
  });
  return hyperBudgets.flatMap((budget) => [
    ...rates.map((lr) => one("rate", budget, lr, { lr })),
    ...batches.map((batchTokens) => one("batch", budget, batchTokens, { batchTokens })),
  ]);
}

function schedules(settings: SweepSettings): Variant[] {
  const { scheduleBudget: budget } = settings;
  const shape = shapeAt(settings, budget, { width: middleWidth(settings, budget) });
  return (["multi-step", "cosine", "cosine-continued"] as const).map((schedule) => ({
    id: `schedule/${schedule}`,
    name: schedule.replace("-", " ").replace("multi step", "multi-step"),
    experiments: ["C-5"],
    weight: 3 * budget,
    ...{ kind: "schedule", schedule, shape },
  }));
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
      ...{ id: "held-out", name: "the larger run", kind: "held-out", after },
      experiments: ["C-4"],
      weight: settings.heldOut,
    },
  ];
}
