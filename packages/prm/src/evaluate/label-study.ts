import { annotate } from "../annotate/annotate";
import { createAnnotationStore } from "../annotate/annotation-store";
import type { Completer } from "../completers/completer";
import { optionsOf, PrmError, refuseUnknown } from "../errors";
import type { Solution } from "../solutions/solution";
import { passAtK } from "../verify/pass-at-k";
import { type LabelQuality, labelQuality } from "./label-quality";

/** The quality of labels from N completions, on steps whose truth is known. */
export interface LabelStudy {
  readonly steps: number;
  /** g: share of truly good steps. */
  readonly goodShare: number;
  /** π and ρ: share of completions that reach the answer from good and from bad steps; 0 without such steps. */
  readonly goodHit: number;
  readonly badHit: number;
  /** For N = 1, 2, 4, … up to the number of completions. */
  readonly quality: readonly LabelQuality[];
  /** Accuracy of hard labels as predicted from the prefixes' hit rates, averaged over prefixes; one per N. */
  readonly predicted: readonly number[];
}

/** Options of {@link labelStudy}. */
export interface LabelStudyOptions {
  readonly completer: Completer;
  /** Completions per step. Default 32. */
  readonly n?: number | undefined;
  /** Solutions processed at a time. Default 16. */
  readonly concurrency?: number | undefined;
  readonly seed?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const mean = (numbers: readonly number[]) =>
  numbers.reduce((sum, x) => sum + x, 0) / Math.max(1, numbers.length);

/** The verdicts of all completions by solution and step, in order. */
async function hitsOf(solutions: readonly Solution[], options: LabelStudyOptions & { n: number }) {
  const hits = new Map<string, boolean[]>();
  const store = createAnnotationStore(async (entry) => {
    if (entry.type !== "completion") return;
    const key = `${entry.solution} ${entry.step}`;
    if (!hits.has(key)) hits.set(key, []);
    hits.get(key)![entry.index] = entry.correct;
  });
  const events = annotate(solutions, { ...options, callSize: options.n, store });
  for await (const event of events) if (event.type === "solution-reject") throw event.error;
  return hits;
}

/**
 * Annotates solutions with many completions per step, and compares the labels of the first N with the truth. Last steps are left
 * out: their label is the answer's.
 *
 * @param isGood whether a step of a solution is truly good
 * @throws {PrmError} `ERR_ARGUMENT` where no solution has two steps; as `annotate`
 * @see Wang et al. 2024 (Math-Shepherd), section 5.1
 */
export async function labelStudy(
  solutions: readonly Solution[],
  isGood: (solution: Solution, step: number) => boolean,
  given: LabelStudyOptions,
): Promise<LabelStudy> {
  const {
    n = 32,
    concurrency = 16,
    completer,
    seed,
    signal,
    ...rest
  } = optionsOf("labelStudy", given);
  refuseUnknown("labelStudy", rest);
  const hits = await hitsOf(solutions, { n, concurrency, completer, seed, signal });
  const known = solutions.flatMap((solution) =>
    solution.steps.slice(0, -1).map((_, step) => ({
      hits: hits.get(`${solution.id} ${step}`)!,
      isGood: isGood(solution, step),
    })),
  );
  if (known.length === 0)
    throw new PrmError("ERR_ARGUMENT", "labelStudy: no solution has two steps or more");
  const counted = known.map(({ hits: own, isGood: good }) => ({
    count: own.filter(Boolean).length,
    good,
  }));
  const rate = (wanted: boolean) =>
    mean(counted.flatMap(({ count, good }) => (good === wanted ? [count / n] : [])));
  const ns = Array.from({ length: Math.floor(Math.log2(n)) + 1 }, (_, i) => 2 ** i);
  // From `count` hits of n, the chance that N of them hold one; with it a good step is labelled right, a bad one wrong.
  const predict = (size: number) =>
    mean(
      counted.map(({ count, good }) => {
        const some = passAtK(n, count, size);
        return good ? some : 1 - some;
      }),
    );
  return {
    steps: known.length,
    goodShare: mean(known.map(({ isGood: good }) => (good ? 1 : 0))),
    goodHit: rate(true),
    badHit: rate(false),
    quality: labelQuality(known, ns),
    predicted: ns.map(predict),
  };
}
