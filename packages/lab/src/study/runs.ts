import { type Estimate, estimate } from "../statistics/estimate";
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
