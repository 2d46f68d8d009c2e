import {
  annotate,
  type Completer,
  type LabelledSolution,
  type Solution,
  sampleSolutions,
} from "@deepgrain/prm";
import type { WordProblem } from "@deepgrain/prm/world";

interface Sampling {
  completer: Completer;
  n: number;
  seed: number;
  signal: AbortSignal;
}

/** Samples solutions of problems, in the order of their ids. */
export async function sampled(
  problems: readonly WordProblem[],
  options: Sampling,
): Promise<Solution[]> {
  const solutions: Solution[] = [];
  for await (const one of sampleSolutions(problems, { ...options, concurrency: 32 }))
    solutions.push(one);
  return solutions.sort((a, b) => a.id.localeCompare(b.id));
}

/** Labels the steps of solutions by completions of the policy; a step's second half is drawn where its first missed. */
export async function labelled(
  solutions: readonly Solution[],
  options: Sampling,
): Promise<LabelledSolution[]> {
  const found: LabelledSolution[] = [];
  const batched = { ...options, callSize: options.n / 2, earlyStop: true, concurrency: 32 };
  for await (const event of annotate(solutions, batched))
    if (event.type === "solution-end") found.push(event.result);
  return found.sort((a, b) => a.id.localeCompare(b.id));
}
