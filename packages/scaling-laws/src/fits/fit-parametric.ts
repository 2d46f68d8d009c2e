import { takeTurn } from "@deepgrain/support";
import { listOf, optionsOf, real, refuseUnknown, ScalingLawsError, whole } from "../errors";
import type { PowerLaw, Quantity } from "../law/law";
import { checkRuns, type Run } from "../runs/run";
import { centralInterval } from "../statistics/quantile";
import { type HuberFit, huberFit, huberObjective, leastSquaresFit } from "./huber";
import {
  centreOf,
  lawOfParameters,
  type ParametricLaw,
  parametricAllocation,
  parametricCurve,
  parametricStarts,
} from "./parametric-curve";
import { pickFrom, type Random } from "./random";

/** How the parametric law is fitted. */
export interface ParametricOptions {
  /** δ of the Huber loss on log loss (default 0.001). */
  delta?: number | undefined;
  /** Starting values of both exponents; every pair is tried (default 0.1, 0.25, 0.5, 1). */
  exponents?: readonly number[] | undefined;
  /** Starting values of the irreducible loss, as shares of the lowest loss (default 0.3, 0.6, 0.9). */
  floors?: readonly number[] | undefined;
  /** Draws the bootstrap over runs. Without it all bounds are null. */
  random?: Random | undefined;
  /** Draws of the bootstrap (default 200). */
  resamples?: number | undefined;
  /** Level of the intervals (default 0.95). */
  confidence?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** The fitted law, its allocation, and how sure the optimum is. */
export interface ParametricFit {
  law: ParametricLaw<Quantity>;
  /** Compute-optimal allocation for C = model · tokens. */
  allocation: { model: PowerLaw; data: PowerLaw };
  /** The law of each draw. */
  draws: ParametricLaw[];
  /** Summed Huber loss. */
  objective: number;
  /** How many of the refined starts reach the best objective (within 0.01 %), of how many. */
  agreement: { reached: number; refined: number };
}

/** An event of a fit; the last one has the result. */
export type ParametricEvent =
  | { type: "start-end"; start: number; starts: number; objective: number }
  | { type: "draw-end"; draw: number; draws: number }
  | { type: "fit-end"; fit: ParametricFit };

const REFINED = 6; // starts with the lowest Huber loss after least squares
const MIN_RUNS = 8;

function checkTable(runs: readonly Run[]): void {
  checkRuns("fitParametric", runs);
  const models = new Set(runs.map((run) => run.model.toPrecision(9))).size;
  const tokens = new Set(runs.map((run) => run.tokens.toPrecision(9))).size;
  if (runs.length >= MIN_RUNS && models >= 3 && tokens >= 3) return;
  throw new ScalingLawsError(
    "ERR_TOO_FEW",
    `scaling-laws/fitParametric: five parameters need at least ${MIN_RUNS} runs with 3 model sizes and 3 numbers of tokens, got ${runs.length} runs with ${models} and ${tokens}`,
    { fields: { runs: runs.length, models, tokens } },
  );
}

function quantities(law: ParametricLaw, draws: readonly ParametricLaw[], confidence: number) {
  const of = (pick: (law: ParametricLaw) => number): Quantity =>
    draws.length === 0
      ? { value: pick(law), lower: null, upper: null }
      : { value: pick(law), ...centralInterval(draws.map(pick), confidence) };
  const power = (pick: (law: ParametricLaw) => PowerLaw<number>): PowerLaw => ({
    coefficient: of((one) => pick(one).coefficient),
    exponent: of((one) => pick(one).exponent),
  });
  return {
    law: {
      E: of((one) => one.E),
      A: of((one) => one.A),
      alpha: of((one) => one.alpha),
      B: of((one) => one.B),
      beta: of((one) => one.beta),
    },
    allocation: {
      model: power((one) => parametricAllocation(one).model),
      data: power((one) => parametricAllocation(one).data),
    },
  };
}

/**
 * Fits `L(X, D) = E + A/X^α + B/D^β` to all runs: the Huber loss on log loss from many starts. Each start is fitted by
 * least squares first, and the best are refined. X is the runs' `model`, in its unit.
 *
 * @param runs at least 8, with 3 model sizes and 3 numbers of tokens
 * @returns events; the last is `fit-end` with the result
 * @throws {ScalingLawsError} `ERR_TOO_FEW` saying what is missing; `ERR_RANGE`, `ERR_ARGUMENT` for bad runs;
 *   `ERR_NOT_CONVERGED` where no start leads to finite numbers
 * @throws the signal's reason where it is aborted
 * @see Hoffmann et al. 2022 (Chinchilla), section 3.3, equations 2 and 3, appendix D.2
 */
export async function* fitParametric(
  runs: readonly Run[],
  options: ParametricOptions = {},
): AsyncGenerator<ParametricEvent, void, void> {
  listOf("fitParametric", "runs", runs);
  const {
    delta = 1e-3,
    exponents = [0.1, 0.25, 0.5, 1],
    floors = [0.3, 0.6, 0.9],
    random,
    resamples = 200,
    confidence = 0.95,
    signal,
    ...rest
  } = optionsOf("fitParametric", options);
  refuseUnknown("fitParametric", rest);
  checkTable(runs);
  real("fitParametric", "delta", delta, { above: 0 });
  for (const [i, value] of exponents.entries())
    real("fitParametric", `exponents[${i}]`, value, { above: 0 });
  for (const [i, value] of floors.entries())
    real("fitParametric", `floors[${i}]`, value, { above: 0 });
  real("fitParametric", "confidence", confidence, { above: 0, below: 1 });
  whole("fitParametric", "resamples", resamples, { min: 1 });
  const centre = centreOf(runs);
  const curve = parametricCurve(runs, centre);
  const starts = parametricStarts(runs, exponents, floors);
  const tried: HuberFit[] = [];
  for (const [start, values] of starts.entries()) {
    await takeTurn();
    signal?.throwIfAborted();
    const canStart = Number.isFinite(huberObjective(curve, values, delta));
    const parameters = canStart ? leastSquaresFit(curve, values) : values;
    const objective = huberObjective(curve, parameters, delta);
    if (Number.isFinite(objective)) tried.push({ parameters, objective });
    yield { type: "start-end", start, starts: starts.length, objective };
  }
  const rough = tried.sort((a, b) => a.objective - b.objective).slice(0, REFINED);
  const refined: HuberFit[] = [];
  for (const { parameters } of rough) {
    await takeTurn();
    signal?.throwIfAborted();
    refined.push(huberFit(curve, parameters, delta));
  }
  refined.sort((a, b) => a.objective - b.objective);
  const [best] = refined;
  if (!best)
    throw new ScalingLawsError(
      "ERR_NOT_CONVERGED",
      `scaling-laws/fitParametric: none of ${starts.length} starts leads to finite numbers; give other exponents or floors`,
      { fields: { starts: starts.length } },
    );
  const draws: ParametricLaw[] = [];
  for (let draw = 0; random && draw < resamples; draw++) {
    await takeTurn();
    signal?.throwIfAborted();
    const drawn = runs.map(() => pickFrom(runs, random));
    const { parameters } = huberFit(parametricCurve(drawn, centre), best.parameters, delta);
    draws.push(lawOfParameters(parameters, centre));
    yield { type: "draw-end", draw, draws: resamples };
  }
  const reached = refined.filter(({ objective }) => objective <= best.objective * 1.0001).length;
  const law = lawOfParameters(best.parameters, centre);
  const fit = {
    ...quantities(law, draws, confidence),
    draws,
    objective: best.objective,
    agreement: { reached, refined: refined.length },
  };
  yield { type: "fit-end", fit };
}

/** The result of {@link fitParametric}, without its events. @throws as `fitParametric` */
export async function parametricFit(
  runs: readonly Run[],
  options: ParametricOptions = {},
): Promise<ParametricFit> {
  listOf("parametricFit", "runs", runs);
  let found: ParametricFit | undefined;
  for await (const event of fitParametric(runs, options))
    if (event.type === "fit-end") found = event.fit;
  return found!;
}
