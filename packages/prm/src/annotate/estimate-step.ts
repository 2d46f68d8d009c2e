import { complete } from "../completers/completer";
import { completionSeed } from "../random/seeds";
import type { Solution } from "../solutions/solution";
import type { AnnotationTools } from "./annotation-options";
import type { AnnotationStore } from "./annotation-store";
import { betaInterval } from "./beta-interval";
import type { StepEstimate } from "./step-value";

/** Generates the completions of some indices in one call, stores them, and returns which are right. */
async function makeCompletions(
  solution: Solution,
  step: number,
  indices: readonly number[],
  tools: AnnotationTools,
  store: AnnotationStore,
): Promise<boolean[]> {
  const { completer, checker, seed, maxTokens, signal } = tools;
  const prefix = { problem: solution.problem, steps: solution.steps.slice(0, step + 1) };
  const seeds = indices.map((index) => completionSeed(seed, solution.id, step, index));
  const made = await complete(completer, prefix, { seeds, maxTokens, signal });
  const records = made.map(({ text, promptTokens, completionTokens }, i) => {
    const { extracted: answer, correct } = checker.check(text, solution.gold);
    const record = { solution: solution.id, step, index: indices[i]!, text, answer, correct };
    return { ...record, promptTokens, completionTokens };
  });
  await Promise.all(records.map((record) => store.addCompletion(record)));
  return records.map(({ correct }) => correct);
}

/** The indices 0 to n − 1 in blocks of one call each; the block boundaries do not depend on what is stored. */
const blocksOf = (n: number, size: number): number[][] =>
  Array.from({ length: Math.ceil(n / size) }, (_, block) =>
    Array.from({ length: Math.min(size, n - block * size) }, (_, i) => block * size + i),
  );

const sum = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0);

/** The counts of all blocks, requested concurrently. Results are stored even if other calls fail. */
async function countAll(blocks: readonly number[][], count: (block: number[]) => Promise<number>) {
  const calls = await Promise.allSettled(blocks.map(count));
  return sum(
    calls.map((call) => {
      if (call.status === "rejected") throw call.reason;
      return call.value;
    }),
  );
}

/**
 * The value of one step: from the store if present, otherwise from its stored completions and newly generated missing ones.
 * The last step needs no completions: its answer is checked.
 *
 * @see Wang et al. 2024 (Math-Shepherd), section 3.3
 */
export async function estimateStep(
  solution: Solution,
  step: number,
  tools: AnnotationTools,
  store: AnnotationStore,
): Promise<StepEstimate> {
  const stored = store.estimate(solution.id, step);
  if (stored) return stored;
  const { n, mode, threshold, earlyStop, callSize, checker } = tools;
  if (step === solution.steps.length - 1) {
    const { correct } = checker.check(solution.steps.join("\n"), solution.gold);
    const last = { step, hits: correct ? 1 : 0, completions: 0, value: correct ? 1 : 0 };
    await store.addEstimate(solution.id, last);
    return last;
  }
  const known = new Map(store.completions(solution.id, step));
  const countBlock = async (block: readonly number[]) => {
    const missing = block.filter((index) => !known.has(index));
    const made =
      missing.length === 0 ? [] : await makeCompletions(solution, step, missing, tools, store);
    const before = block.filter((index) => known.get(index) === true).length;
    return before + made.filter(Boolean).length;
  };
  const blocks = blocksOf(n, callSize);
  let [hits, completions] = [0, 0];
  if (earlyStop)
    for (const block of blocks) {
      hits += await countBlock(block);
      completions += block.length;
      if (hits > 0) break;
    }
  else [hits, completions] = [await countAll(blocks, countBlock), n];
  const share = hits / completions;
  const value = mode === "soft" ? share : share > threshold ? 1 : 0;
  const { low, high } = betaInterval(hits, completions);
  const counts = { step, hits, completions, value };
  const estimate: StepEstimate = mode === "soft" ? { ...counts, interval: [low, high] } : counts;
  await store.addEstimate(solution.id, estimate);
  return estimate;
}
