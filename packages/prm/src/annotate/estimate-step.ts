import { complete } from "../completers/completer";
import { completionSeed } from "../random/seeds";
import type { Solution } from "../solutions/solution";
import type { AnnotationTools } from "./annotation-options";
import type { AnnotationStore, CompletionVerdict } from "./annotation-store";
import { betaInterval } from "./beta-interval";
import type { StepEstimate } from "./step-value";

/** Generates the completions of some indices in one call, stores them, and returns their verdicts. */
async function makeCompletions(
  solution: Solution,
  step: number,
  indices: readonly number[],
  tools: AnnotationTools,
  store: AnnotationStore,
): Promise<CompletionVerdict[]> {
  const { completer, checker, seed, maxTokens, signal } = tools;
  const prefix = { problem: solution.problem, steps: solution.steps.slice(0, step + 1) };
  const seeds = indices.map((index) => completionSeed(seed, solution.id, step, index));
  const made = await complete(completer, prefix, { seeds, maxTokens, signal });
  const records = made.map(({ text, finishReason, promptTokens, completionTokens }, i) => {
    const { extracted: answer, correct } = checker.check(text, solution.gold);
    const record = { solution: solution.id, step, index: indices[i]!, text, answer, correct };
    const isTruncated = finishReason === "length" ? true : undefined;
    return { ...record, isTruncated, promptTokens, completionTokens };
  });
  await Promise.all(records.map((record) => store.addCompletion(record)));
  return records;
}

/** The indices 0 to n − 1 in blocks of one call each; the block boundaries do not depend on what is stored. */
const blocksOf = (n: number, size: number): number[][] =>
  Array.from({ length: Math.ceil(n / size) }, (_, block) =>
    Array.from({ length: Math.min(size, n - block * size) }, (_, i) => block * size + i),
  );

/** The verdicts of all blocks, requested concurrently. Results are stored even if other calls fail. */
async function allBlocks(
  blocks: readonly number[][],
  verdictsOf: (block: number[]) => Promise<CompletionVerdict[]>,
): Promise<CompletionVerdict[]> {
  const calls = await Promise.allSettled(blocks.map(verdictsOf));
  return calls.flatMap((call) => {
    if (call.status === "rejected") throw call.reason;
    return call.value;
  });
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
  const verdictsOf = async (block: readonly number[]) => {
    const missing = block.filter((index) => !known.has(index));
    const made =
      missing.length === 0 ? [] : await makeCompletions(solution, step, missing, tools, store);
    return [...block.flatMap((index) => known.get(index) ?? []), ...made];
  };
  const blocks = blocksOf(n, callSize);
  let verdicts: CompletionVerdict[] = [];
  if (earlyStop)
    for (const block of blocks) {
      verdicts = [...verdicts, ...(await verdictsOf(block))];
      if (verdicts.some(({ correct }) => correct)) break;
    }
  else verdicts = await allBlocks(blocks, verdictsOf);
  const completions = verdicts.length;
  const hits = verdicts.filter(({ correct }) => correct).length;
  const truncated = verdicts.filter(({ isTruncated }) => isTruncated).length;
  const share = hits / completions;
  const value = mode === "soft" ? share : share > threshold ? 1 : 0;
  const { low, high } = betaInterval(hits, completions);
  const complete = { step, hits, completions, value };
  const counts = truncated === 0 ? complete : { ...complete, truncated };
  const estimate: StepEstimate = mode === "soft" ? { ...counts, interval: [low, high] } : counts;
  await store.addEstimate(solution.id, estimate);
  return estimate;
}
