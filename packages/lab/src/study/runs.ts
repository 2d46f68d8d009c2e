import { type Estimate, estimate } from "../statistics/paired-difference";
import type { Quantity, SeedResults } from "./quantity";

/** Where a result comes from. */
export interface Provenance {
  /** Commit of the code, `+` appended where files differed from it; null outside of a repository. */
  commit: string | null;
  /** Versions by name: Node and what the study adds. */
  versions: Readonly<Record<string, string>>;
  /** The command line. */
  command: string;
}

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
  experiment?: string;
  /** What part of the study it is about, such as a task. */
  scope?: string;
  lower: Quantity<R, S>;
  higher: Quantity<R, S>;
  /**
   * Makes the claim an equality: the mean difference lies within ±margin. In the unit of the quantity, above 0, stated
   * before the results are known.
   */
  margin?: number;
  /** What the paper measured, for readers. */
  paper: string;
  /** Why the study may show the reverse; may be worded from its runs. */
  ifReversed?: string | Reason<R, S>;
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
export function valuesOf<S, R>(
  quantity: Quantity<R, S>,
  runs: StudyRuns<S, R>,
): Map<number, number> {
  const values = new Map<number, number>();
  for (const seed of runs.seeds) {
    const results: SeedResults<R> = { seed, result: (variant) => resultOf(runs, variant, seed) };
    const value = quantity.read(results, runs.settings);
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
  const curves = resultsOf(runs, variant).map(read);
  const points = Math.min(...curves.map(({ length }) => length));
  return (curves[0] ?? [])
    .slice(0, points)
    .map(({ x }, i) => ({ x, ...estimate(curves.map((curve) => curve[i]!.y)) }));
}
