import { annotate, type StepScorer, sampleSolutions } from "@deepgrain/prm";
import {
  chainProblem,
  generateProblem,
  ngramScorer,
  noisySolver,
  trainNgramPrm,
  type WordProblem,
} from "@deepgrain/prm/world";
import { type Made, operators } from "./made";

/** Problems that the verifier learns from, and those that it is tried on. */
const TRAINING = 300;
const HELD_OUT = 60;
/** Completions from each step, by which it is labelled. */
const COMPLETIONS = 8;

/** How often the solver slips in a step: often enough that many votes are wrong. */
const solving = { slip: 0.3, recover: 0.02 };

const problemsFrom = (start: number, count: number) =>
  Array.from({ length: count }, (_, i) => generateProblem(start + i));

/** The problems that no verifier has seen. */
export const heldOut = problemsFrom(100_000, HELD_OUT);

/** The solver of some problems. */
export const solverOf = (problems: readonly WordProblem[]) => noisySolver(problems, solving);

/** A problem that the visitor makes, in the words of the others. */
export const madeProblem = ({ first, changes }: Made): WordProblem =>
  chainProblem(
    first,
    changes.map(({ name, right }) => ({ operator: operators[name], right })),
  );

/** Events while a verifier is made. */
export type SchoolEvent =
  | { type: "solution-end"; done: number }
  | { type: "trained"; scorer: StepScorer };

/**
 * Makes a verifier as Math-Shepherd does: solutions are sampled, each step is labelled by whether completions from it reach
 * the right answer, and a model of step features learns the labels.
 *
 * @param seed of the problems, and of the order in which it learns
 */
export async function* school(
  seed: number,
  signal: AbortSignal,
): AsyncGenerator<SchoolEvent, void> {
  const problems = problemsFrom(1000 * seed, TRAINING);
  const completer = solverOf(problems);
  const solutions = sampleSolutions(problems, { completer, n: 2, seed, signal });
  const rows = [];
  for await (const event of annotate(solutions, { completer, n: COMPLETIONS, seed, signal })) {
    if (event.type !== "solution-end") continue;
    rows.push({ ...event.result, labels: event.result.values });
    if (rows.length % 20 === 0) yield { type: "solution-end", done: rows.length };
  }
  rows.sort((a, b) => (a.id < b.id ? -1 : 1)); // They end in any order.
  yield { type: "trained", scorer: ngramScorer(trainNgramPrm(rows, { seed })) };
}
