import { type Chosen, choose, type Way, ways } from "./choose";
import type { Curve, Exercise } from "./session";

/** A visitor's solution, as an address holds it, and the scores of its lines. */
export interface Own {
  solution: string;
  scores: readonly number[];
}

/** The result of a state: the choices among some solutions of a problem, all problems, and the visitor's lines. */
export interface Judged {
  n: number;
  answer: string;
  /** Solutions with the right answer. */
  right: number;
  chosen: Record<Way, Pick<Chosen, "answer" | "share">>;
  /** Mean score of the last steps of solutions with the right answer, and with another; null for none. */
  last: { right: number | null; wrong: number | null };
  /** The point of the curve at the number of solutions, or before it. */
  solved: Curve[number];
  own: Own;
}

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((a, b) => a + b) / values.length;

/** The result of what was found. */
export function judged(
  { answer, solutions }: Exercise,
  { curve, n, own }: { curve: Curve; n: number; own: Own },
): Judged {
  const first = solutions.slice(0, n);
  const lastScores = (isRight: boolean) =>
    first
      .filter((one) => (one.answer === answer) === isRight)
      .map(({ stepScores }) => stepScores.at(-1)!);
  const chosen = ways.map((way) => {
    const { answer, share } = choose(solutions, n, way);
    return [way, { answer, share }] as const;
  });
  return {
    n,
    answer,
    right: lastScores(true).length,
    chosen: Object.fromEntries(chosen) as Judged["chosen"],
    last: { right: mean(lastScores(true)), wrong: mean(lastScores(false)) },
    solved: curve.findLast((one) => one.n <= n)!,
    own,
  };
}
