import type { Provenance } from "@deepgrain/support/files";
import { type Estimate, estimate } from "../statistics/paired-difference";

/** The results of one seed. */
export interface SeedResults<R> {
  seed: number;
  /** The result of a variant, undefined where it was not run. */
  result(variant: string): R | undefined;
}

/** A number that each seed has, read from the results of one or more variants. */
export interface Quantity<R = unknown, S = unknown> {
  /** What is measured: "loss". */
  measure: string;
  /** What it is measured of. Default: the name of the only variant. */
  subject?: string | undefined;
  /** Ids of the variants that it reads. */
  variants: readonly string[];
  /** The number, or null where the seed does not have it. */
  read(results: SeedResults<R>, settings: S): number | null;
}

/**
 * A measure of single variants.
 *
 * @param name for tables: "loss, nats per byte"
 * @param read the number in a result; null where it has none
 * @returns a function that makes the quantity of a variant id
 * @example const loss = measure("loss", (result: Result) => result.loss);
 *   const claim = { lower: loss("sgd"), higher: loss("adam"), paper: "0.1 < 0.2" };
 */
export const measure =
  <R>(name: string, read: (result: R) => number | null) =>
  (variant: string): Quantity<R> => ({
    measure: name,
    variants: [variant],
    read({ result }) {
      const own = result(variant);
      return own === undefined ? null : read(own);
    },
  });

/** One finished run. */
export interface RunRecord<R> {
  variant: string;
  seed: number;
  result: R;
  seconds: number;
  provenance: Provenance;
}

/** The finished runs of a study. Plain data. */
export interface StudyRuns<S, R> {
  /** Name of the study. */
  study: string;
  settings: S;
  seeds: readonly number[];
  /** Ids of the experiments that were asked for. */
  experiments: readonly string[];
  /** Seed by seed, in the order of the variants. */
  runs: readonly RunRecord<R>[];
}

/**
 * What a paper reports of two quantities: that one is lower, or, with a margin, that they are practically equal. An equality
 * cannot be claimed without a margin, since every noisy pair would then count as equal.
 */
export interface Claim<R = unknown, S = unknown> {
  /** Id of the experiment that it belongs to. */
  experiment?: string | undefined;
  /** What part of the study it is about, such as a task. */
  scope?: string | undefined;
  lower: Quantity<R, S>;
  higher: Quantity<R, S>;
  /**
   * Makes the claim an equality: the mean difference lies within ±margin. In the unit of the quantity, above 0, stated
   * before the results are known.
   */
  margin?: number | undefined;
  /** What the paper measured, for readers. */
  paper: string;
  /** Why the study may show the reverse; may be worded from its runs. */
  ifReversed?: string | Reason<R, S> | undefined;
}

/** Words a reason from the runs. A method's type, so that claims about fewer settings fit studies with more. */
type Reason<R, S> = { from(runs: StudyRuns<S, R>): string }["from"];

/** The result of a variant at a seed, undefined where it was not run. */
export const resultOf = <R>(
  { runs }: Pick<StudyRuns<unknown, R>, "runs">,
  variant: string,
  seed: number,
): R | undefined => runs.find((run) => run.variant === variant && run.seed === seed)?.result;

/** The results of a variant, seed by seed. */
export const resultsOf = <R>({ runs }: Pick<StudyRuns<unknown, R>, "runs">, variant: string): R[] =>
  runs.filter((run) => run.variant === variant).map(({ result }) => result);

/** A quantity at each seed that has it. */
export function valuesOf<S, R>(quantity: Quantity<R, S>, runs: StudyRuns<S, R>) {
  const values = new Map<number, number>();
  for (const seed of runs.seeds) {
    const result = (variant: string) => resultOf(runs, variant, seed);
    const value = quantity.read({ seed, result }, runs.settings);
    if (value !== null) values.set(seed, value);
  }
  return values;
}

/** The mean of a quantity over the seeds that have it; null where none has. */
export function estimateOf<S, R>(quantity: Quantity<R, S>, runs: StudyRuns<S, R>): Estimate | null {
  const values = [...valuesOf(quantity, runs).values()];
  return values.length === 0 ? null : estimate(values);
}

/** A point of a curve: the mean over seeds at a place. */
export interface CurvePoint extends Estimate {
  x: number;
}

/**
 * The mean curve of a variant over seeds, point by point; empty where the variant was not run.
 * @param read the points of one result, the same places in all of them
 */
export function curveOf<R>(
  runs: Pick<StudyRuns<unknown, R>, "runs">,
  variant: string,
  read: (result: R) => readonly { x: number; y: number }[],
): CurvePoint[] {
  const [first = [], ...others] = resultsOf(runs, variant).map(read);
  const points = Math.min(first.length, ...others.map(({ length }) => length));
  const at = (i: number) => [first, ...others].map((curve) => curve[i]!.y);
  return first.slice(0, points).map(({ x }, i) => ({ x, ...estimate(at(i)) }));
}
