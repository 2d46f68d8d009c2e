import { checkAnswer, type StepScorer, scoreSteps, verify } from "@deepgrain/prm";
import { choose, type Way, type Written, ways } from "./choose";
import { COUNTS, MOST } from "./limits";
import { heldOut, school, solver } from "./school";

/** A problem with its solutions. */
export interface Exercise {
  problem: string;
  answer: string;
  solutions: Written[];
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

  const solve = async (index: number, scorer: StepScorer, signal: AbortSignal) => {
    const { problem, answer } = heldOut[index]!;
    const { solutions } = await verify(problem, { completer: solver, scorer, n: MOST, signal });
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
    for (const index of heldOut.keys()) {
      const { answer, solutions } = await solve(index, held!.scorer, signal);
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

  /** Writes and scores the solutions of a held-out problem. */
  async function* open(
    { seed, index }: { seed: number; index: number },
    signal: AbortSignal,
  ): AsyncGenerator<Exercise, void> {
    yield await solve(index, await scorerOf(seed, signal), signal);
  }

  /** Scores the steps of a solution that the visitor has changed. */
  async function* score(
    { seed, problem, steps }: { seed: number; problem: string; steps: readonly string[] },
    signal: AbortSignal,
  ): AsyncGenerator<number[], void> {
    yield [...(await scoreSteps(await scorerOf(seed, signal), problem, steps, { signal }))];
  }

  return { learn, open, score };
}
