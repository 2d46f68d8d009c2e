import type { Provenance } from "@deepgrain/support/files";
import type { Bounds } from "@deepgrain/support/pages";
import { having, textOf } from "../errors";
import { type Estimate, estimate } from "../statistics/estimate";
import type { Pair } from "../statistics/rank-correlation";
import type { Relation } from "./relation-of-words";

/** The results of one seed. */
export interface SeedResults<R> {
  seed: number;
  /** The result of a variant, undefined where it was not run. */
  result(variant: string): R | undefined;
}

/** A number that each seed has, read from the results of one or more variants. */
export interface Quantity<R = unknown, S = unknown> {
  /** The measured quantity: "loss". */
  measure: string;
  /** The variant or group that it is measured of. Default: the name of the only variant. */
  subject?: string | undefined;
  /** Ids of the variants that it reads. */
  variants: readonly string[];
  /**
   * The ends of what the number can be, where its interval is cut off on pages. Default: 0 and 100 where the measure's name ends in
   * ", %", as a share's does.
   */
  bounds?: Bounds | undefined;
  /**
   * The number; null where the seed was measured and has none, such as a score that is never reached: a claim about it then fails
   * at this seed; undefined where nothing was measured, as of a variant that was not run.
   */
  read(results: SeedResults<R>, settings: S): number | null | undefined;
  /**
   * The numbers whose mean `read` gives, one per item, where all seeds share the items, in the same order: a claim about two
   * such quantities is tested over seeds and items.
   */
  items?(results: SeedResults<R>, settings: S): readonly number[] | undefined;
  /**
   * Pairs of numbers of a seed: the quantity is then their rank correlation over all seeds together, and a claim about it and a number is
   * tested by a bootstrap over pairs. `read` gives that of the seed alone.
   */
  pairs?(results: SeedResults<R>, settings: S): readonly Pair[] | undefined;
}

/**
 * A measure of single variants.
 *
 * @param name for tables: "loss, nats per byte"
 * @param read the number in a result; null or undefined as in `Quantity`
 * @param bounds of the number, as in `Quantity`
 * @returns a function that makes the quantity of a variant id
 * @example const loss = measure("loss", (result: Result) => result.loss);
 *   const claim = { lower: loss("sgd"), higher: loss("adam"), paper: "0.1 < 0.2" };
 */
export const measure = <R>(
  name: string,
  read: (result: R) => number | null | undefined,
  bounds?: Bounds,
) => {
  textOf("measure", "name", name);
  return (variant: string): Quantity<R> => ({
    measure: name,
    bounds,
    variants: [variant],
    read({ result }) {
      const own = result(variant);
      return own === undefined ? undefined : read(own);
    },
  });
};

/**
 * A measure of single variants that has a number per item, the same items at all seeds: its value is their mean.
 *
 * @param read the numbers in a result, at least one; undefined where nothing was measured
 * @param bounds of the mean, as in `Quantity`
 * @example const solved = measureItems("solved, %", ({ solved }: Result) => solved.map((one) => 100 * one));
 */
export const measureItems = <R>(
  name: string,
  read: (result: R) => readonly number[] | undefined,
  bounds?: Bounds,
) => {
  textOf("measureItems", "name", name);
  return (variant: string): Quantity<R> => {
    const items: Quantity<R>["items"] = ({ result }) => {
      const own = result(variant);
      return own === undefined ? undefined : read(own);
    };
    return {
      measure: name,
      bounds,
      variants: [variant],
      items,
      read(...at) {
        const all = items(...at);
        return all && all.reduce((sum, x) => sum + x, 0) / all.length;
      },
    };
  };
};

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

/** The mark of a primary claim: it is judged, together with the study's other primary claims. */
export interface Primary {
  /** The claim as the paper's abstract has it, in a sentence. */
  sentence: string;
  /** The paper's own words, verbatim, at most fifteen: the claim's relation follows from them (`relationOfWords`). */
  words: string;
  /** Where the words are. Default: in the abstract. */
  section?: string | undefined;
  /** Whether it is about an analysis: then it does not stand for the paper's result. */
  isAnalysis?: boolean | undefined;
  /** How many seeds it is to be judged by. */
  seeds: number;
  /** Whether claim, measure and margin were fixed before the recorded runs. */
  named: "before the run" | "after the run";
  /** The outcome of the same runs before claims took their relations from the paper's words, where that was another. */
  before?:
    | {
        outcome: "as claimed" | "opposite" | "equal" | "undecided";
        /** Whether the relation of this very claim was another. */
        isCorrected: boolean;
      }
    | undefined;
}

/**
 * A paper's statement about two quantities: that the left one is lower, that it is at least not much higher, or that both are
 * practically equal. A claim is secondary unless it is named as a primary one: then it is measured and shown with p, interval and q, and has no
 * outcome.
 */
export interface Claim<R = unknown, S = unknown> {
  /** Id of the experiment that it belongs to. */
  experiment?: string | undefined;
  /** The part of the study that it is about, such as a task. */
  scope?: string | undefined;
  lower: Quantity<R, S>;
  /**
   * `<` (default): the right side is higher. `≤`: it is not lower by more than the margin (non-inferiority). `=`: both are equal
   * within the margin.
   */
  relation?: Relation | undefined;
  higher: Quantity<R, S>;
  /** The smallest difference that matters, in the unit of the quantity, above 0. Primary claims, `≤` and `=` need it. */
  margin?: number | undefined;
  /** Which of two values of the measure is better. `≤` needs it, to say which side is no worse. */
  better?: "lower" | "higher" | undefined;
  primary?: Primary | undefined;
  /** The paper's measurement, for readers. */
  paper: string;
  /** Why the study may show the reverse; may be worded from its runs. */
  ifReversed?: string | Reason<R, S> | undefined;
}

/** A claim of an abstract that a study of this size cannot ask. */
export interface UnaskedClaim {
  sentence: string;
  paper: string;
  /** Why it cannot be asked. */
  why: string;
}

/** Words a reason from the runs. A method's type, so that claims about fewer settings fit studies with more. */
type Reason<R, S> = { from(runs: StudyRuns<S, R>): string }["from"];

/** The result of a variant at a seed, undefined where it was not run. */
export const resultOf = <R>(
  studyRuns: Pick<StudyRuns<unknown, R>, "runs">,
  variant: string,
  seed: number,
): R | undefined => {
  const { runs } = having("resultOf", "studyRuns", studyRuns, "runs");
  return runs.find((run) => run.variant === variant && run.seed === seed)?.result;
};

/** The results of a variant, seed by seed. */
export const resultsOf = <R>(
  studyRuns: Pick<StudyRuns<unknown, R>, "runs">,
  variant: string,
): R[] => {
  const { runs } = having("resultsOf", "studyRuns", studyRuns, "runs");
  return runs.filter((run) => run.variant === variant).map(({ result }) => result);
};

/** The results of a seed. */
export const seedResults = <R>(
  runs: Pick<StudyRuns<unknown, R>, "runs">,
  seed: number,
): SeedResults<R> => {
  having("seedResults", "runs", runs, "runs");
  return { seed, result: (variant) => resultOf(runs, variant, seed) };
};

/** A quantity at each seed that has it. */
export function valuesOf<S, R>(quantity: Quantity<R, S>, runs: StudyRuns<S, R>) {
  having("valuesOf", "quantity", quantity, "measure", "variants", "read");
  const values = new Map<number, number>();
  for (const seed of runs.seeds) {
    const value = quantity.read(seedResults(runs, seed), runs.settings);
    if (value !== null && value !== undefined) values.set(seed, value);
  }
  return values;
}

/** The mean of a quantity over the seeds that have it; null where none has. */
export function estimateOf<S, R>(quantity: Quantity<R, S>, runs: StudyRuns<S, R>): Estimate | null {
  having("estimateOf", "quantity", quantity, "measure", "variants", "read");
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
  having("curveOf", "runs", runs, "runs");
  const [first = [], ...others] = resultsOf(runs, variant).map(read);
  const points = Math.min(first.length, ...others.map(({ length }) => length));
  const at = (i: number) => [first, ...others].map((curve) => curve[i]!.y);
  return first.slice(0, points).map(({ x }, i) => ({ x, ...estimate(at(i)) }));
}
