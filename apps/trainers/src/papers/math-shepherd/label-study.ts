import {
  annotate,
  type Completer,
  createAnnotationStore,
  firstWrongStep,
  type LabelQuality,
  labelQuality,
  passAtK,
  type Solution,
  type WordProblem,
} from "@deepgrain/prm";

/** What labels are worth that come from N completions, on steps whose truth is known. */
export interface LabelMeasures {
  steps: number;
  /** g, π and ρ: share of good steps, and of completions that reach the answer from good and from bad ones. */
  goodShare: number;
  goodHit: number;
  badHit: number;
  quality: LabelQuality[];
  /** Accuracy of hard labels that the hit rates predict, averaged over prefixes; one per N. */
  predicted: number[];
}

const mean = (numbers: readonly number[]) =>
  numbers.reduce((sum, x) => sum + x, 0) / Math.max(1, numbers.length);

/** 1, 2, 4, … up to the completions made. */
const powersUpTo = (most: number) =>
  Array.from({ length: Math.floor(Math.log2(most)) + 1 }, (_, i) => 2 ** i);

/**
 * Annotates solutions with many completions per step and compares the labels of the first N with the truth. Last steps are left out: their
 * label is the answer's.
 *
 * @param completions at least the largest N
 */
export async function measureLabels(
  solutions: readonly Solution[],
  problems: ReadonlyMap<string, WordProblem>,
  {
    completer,
    completions: n,
    signal,
  }: { completer: Completer; completions: number; signal: AbortSignal },
): Promise<LabelMeasures> {
  const hits = new Map<string, boolean[]>();
  const store = createAnnotationStore(async (entry) => {
    if (entry.type !== "completion") return;
    const key = `${entry.solution} ${entry.step}`;
    if (!hits.has(key)) hits.set(key, []);
    hits.get(key)![entry.index] = entry.correct;
  });
  const options = { completer, n, callSize: n, concurrency: 16, store, signal };
  for await (const _ of annotate(solutions, options)) signal.throwIfAborted();
  const known = solutions.flatMap(({ id, problem, steps }) => {
    const wrong = firstWrongStep(problems.get(problem)!, steps);
    return steps.slice(0, -1).map((_, step) => ({
      hits: hits.get(`${id} ${step}`)!,
      isGood: wrong < 0 || step < wrong,
    }));
  });
  const counted = known.map(({ hits: own, isGood }) => ({ c: own.filter(Boolean).length, isGood }));
  const rate = (wanted: boolean) =>
    mean(counted.flatMap(({ c, isGood }) => (isGood === wanted ? [c / n] : [])));
  const ns = powersUpTo(n);
  return {
    steps: known.length,
    goodShare: mean(known.map(({ isGood }) => (isGood ? 1 : 0))),
    goodHit: rate(true),
    badHit: rate(false),
    quality: labelQuality(known, ns),
    // From c hits of n, the chance that N of them hold one.
    predicted: ns.map((count) =>
      mean(
        counted.map(({ c, isGood }) => (isGood ? passAtK(n, c, count) : 1 - passAtK(n, c, count))),
      ),
    ),
  };
}
