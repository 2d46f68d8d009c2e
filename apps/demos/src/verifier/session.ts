import { checkAnswer, type StepScorer, scoreSteps, verify } from "@deepgrain/prm";
import type { WordProblem } from "@deepgrain/prm/world";
import { stepsOf } from "./calculation";
import { choose, type Way, type Written, ways } from "./choose";
import { COUNTS, MOST } from "./limits";
import { readMade } from "./made";
import { heldOut, madeProblem, school, solverOf } from "./school";

/** A problem with its solutions. */
export interface Exercise {
  problem: string;
  answer: string;
  solutions: Written[];
}

/** A verifier's seed, a problem and a solution of it as the address has them. */
export interface Asked {
  seed: number;
  /** Which of the held-out problems, from 1. */
  problem: number;
  /** A problem of the visitor's in its place; "" for none. */
  made: string;
  /** The visitor's solution; "" for none. */
  solution: string;
}

/** Shares of the held-out problems that are solved, by how many solutions are written. */
export type Curve = { n: number; solved: Record<Way, number> }[];

/** Events while a verifier is made and tried. */
export type VerifierEvent =
  | { type: "learning"; done: number }
  | { type: "trying"; done: number }
  | { type: "tried"; curve: Curve };

/** The work of the verifier's page: it holds the verifier of the last seed. */
export function createSession() {
  let held: { seed: number; scorer: StepScorer } | undefined;

  async function scorerOf(seed: number, signal: AbortSignal): Promise<StepScorer> {
    if (held?.seed !== seed)
      for await (const event of school(seed, signal))
        if (event.type === "trained") held = { seed, scorer: event.scorer };
    return held!.scorer;
  }

  const solve = async (known: WordProblem, scorer: StepScorer, signal: AbortSignal) => {
    const { problem, answer } = known;
    const completer = solverOf([known]);
    const { solutions } = await verify(problem, { completer, scorer, n: MOST, signal });
    return { problem, answer, solutions: [...solutions] };
  };

  /** Makes a verifier, and tries it on all held-out problems. */
  async function* learn(
    { seed }: { seed: number },
    signal: AbortSignal,
  ): AsyncGenerator<VerifierEvent, void> {
    for await (const event of school(seed, signal))
      if (event.type === "trained") held = { seed, scorer: event.scorer };
      else yield { type: "learning", done: event.done };
    const solved = COUNTS.map(() => ({ majority: 0, weighted: 0 }));
    for (const [index, known] of heldOut.entries()) {
      const { answer, solutions } = await solve(known, held!.scorer, signal);
      for (const [i, n] of COUNTS.entries())
        for (const way of ways) {
          const { steps } = solutions[choose(solutions, n, way).index]!;
          if (checkAnswer(steps.join("\n"), answer).correct) solved[i]![way]++;
        }
      yield { type: "trying", done: index + 1 };
    }
    const share = (count: number) => count / heldOut.length;
    const curve = COUNTS.map((n, i) => {
      const { majority, weighted } = solved[i]!;
      return { n, solved: { majority: share(majority), weighted: share(weighted) } };
    });
    yield { type: "tried", curve };
  }

  /** Writes and scores the solutions of a held-out or a made problem, and scores the visitor's own. */
  async function* look(
    { seed, problem, made, solution }: Asked,
    signal: AbortSignal,
  ): AsyncGenerator<{ exercise: Exercise; own: number[] }, void> {
    const scorer = await scorerOf(seed, signal);
    const known = made === "" ? heldOut[problem - 1]! : madeProblem(readMade(made)!);
    const exercise = await solve(known, scorer, signal);
    const steps = solution === "" ? [] : stepsOf(solution, known.steps);
    yield { exercise, own: [...(await scoreSteps(scorer, known.problem, steps, { signal }))] };
  }

  return { learn, look };
}
