import { createRandom } from "@deepgrain/lm";
import {
  fitIsoFlop,
  fitParts,
  type Law,
  type PartsFit,
  type Plan,
  type Profile,
  plan,
  publishedLaws,
  type Quantity,
  type Run,
} from "@deepgrain/scaling-laws";
import type { Table } from "./table";

/** How the page fits: fewer budgets than one should plan with, since its runs are tiny and few. */
export const FIT = { minBudgets: 3, resamples: 400, band: 0.01 };

const SEED = 1;
/** Points of the law's line. */
const POINTS = 41;

/** A loss that the law foretells for runs that it has not seen. */
export interface Foretold {
  flops: number;
  /** How many times the largest budget that was fitted. */
  times: number;
  predicted: Quantity;
  measured: number;
  /** Whether these are the runs that were never shown to any law. */
  isLarger: boolean;
}

/** The page's view of a table: runs, law, plan and forecasts. */
export interface Look {
  /** The unit of the losses. */
  unit: "loss" | "bpb";
  /** All budgets, lowest first, and how many of the largest are hidden from the law. */
  budgets: number[];
  hidden: number;
  /** Every run of the sizes. */
  runs: { flops: number; loss: number; isHidden: boolean }[];
  /** The best of each fitted budget. */
  optima: { flops: number; loss: number }[];
  law: Law;
  /** The loss over compute with its interval. */
  line: { flops: number; loss: Quantity }[];
  plan: Plan;
  /** The same by the paper's own law, of its data and its tokens. */
  paper: Plan;
  forecasts: Foretold[];
}

/** A table with one of its fits. */
export interface Fitted {
  table: Table;
  /** Of all budgets, lowest first. */
  profiles: Profile[];
  hidden: number;
  fit: PartsFit;
}

const spentOn = (run: Run) => run.budget ?? run.flops;

/** A budget is the mean of its runs, which differ by a twentieth at most. */
const upTo = (runs: readonly Run[], budget: number) =>
  runs.filter((run) => spentOn(run) <= 1.05 * budget);

/**
 * Fits the laws to a table without its largest budgets.
 * @throws {ScalingLawsError} `ERR_TOO_FEW` saying what is missing where there is no allocation; as `fitParts`
 */
export function fitTable(table: Table, hidden: number): Fitted {
  const { minBudgets } = FIT;
  const { profiles } = fitIsoFlop(table.sizes, { minBudgets });
  const largest = profiles.at(-1 - hidden)?.budget ?? 0;
  const sizes = upTo(table.sizes, largest);
  if (hidden > 0) fitIsoFlop(sizes, { minBudgets });
  const { next: random } = createRandom([SEED, hidden]);
  const [batches, rates] = [upTo(table.batches, largest), upTo(table.rates, largest)];
  return { table, profiles, hidden, fit: fitParts({ sizes, batches, rates }, { ...FIT, random }) };
}

/** The law's forecasts of the runs that it has not seen. */
function forecastsOf({ table: { larger }, profiles, hidden, fit }: Fitted): Foretold[] {
  const foretold = (flops: number, measured: number, isLarger: boolean): Foretold => ({
    flops,
    times: flops / profiles.at(-1 - hidden)!.budget,
    predicted: plan(flops, fit.law, { draws: fit.draws }).loss!,
    measured,
    isLarger,
  });
  const unseen = profiles.slice(profiles.length - hidden);
  const meanOf = (key: "flops" | "loss") =>
    larger.reduce((sum, run) => sum + run[key], 0) / larger.length;
  return [
    ...unseen.map(({ budget, optimum, loss }) =>
      foretold(budget, optimum?.loss ?? Math.min(...loss), false),
    ),
    ...(larger.length > 0 ? [foretold(meanOf("flops"), meanOf("loss"), true)] : []),
  ];
}

/** Budgets evenly over their powers of ten. */
function lineOf(from: number, to: number, { law, draws }: PartsFit): Look["line"] {
  return Array.from({ length: POINTS }, (_, i) => {
    const flops = from * (to / from) ** (i / (POINTS - 1));
    return { flops, loss: plan(flops, law, { draws }).loss! };
  });
}

/** The view of a fit at a budget. @param flops the budget to plan */
export function lookAt(fitted: Fitted, flops: number): Look {
  const { table, profiles, hidden, fit } = fitted;
  const { law, draws, reports } = fit;
  const budgets = profiles.map(({ budget }) => budget);
  const largest = budgets.at(-1 - hidden)!;
  const forecasts = forecastsOf(fitted);
  const { deepseek } = publishedLaws;
  const ends = [flops, ...budgets, ...forecasts.map((one) => one.flops)];
  return {
    unit: reports.sizes!.unit,
    budgets,
    hidden,
    runs: table.sizes.map((run) => ({
      flops: run.flops,
      loss: run.loss,
      isHidden: spentOn(run) > 1.05 * largest,
    })),
    optima: reports.sizes!.profiles.flatMap(({ optimum }) =>
      optimum ? { flops: optimum.flops, loss: optimum.loss } : [],
    ),
    law,
    line: lineOf(Math.min(...ends), Math.max(...ends), fit),
    plan: plan(flops, law, { draws, fittedRange: [budgets[0]!, largest] }),
    paper: plan(flops, deepseek.law, { fittedRange: deepseek.fittedRange }),
    forecasts,
  };
}
