import { takeSolution } from "./actions";
import { solutionOf } from "./calculation";
import type { Written } from "./choose";
import { saidAnswer } from "./moved";
import { address } from "./state";

/** Shades of a score. */
const SHADES = 5;

/** A class by score: v0 is the lowest. */
export const shadeOf = (score: number): string =>
  `v${Math.min(SHADES - 1, Math.floor(SHADES * score))}`;

/** A solution as a row of coloured steps and its answer. */
function Row({ solution, i, answer }: { solution: Written; i: number; answer: string }) {
  const isRight = solution.answer === answer;
  const score = solution.score ?? 0;
  return (
    <li>
      <button
        type="button"
        class="solution"
        aria-pressed={address.state.value.solution === solutionOf(solution.steps)}
        aria-label={`Solution ${i + 1}: answer ${solution.answer ?? "none"}, ${isRight ? "right" : "wrong"}, score ${score.toFixed(2)}; take it for yours`}
        onClick={() => takeSolution(i)}
      >
        <span class="bars">
          {solution.stepScores.map((stepScore, at) => (
            <span key={at} class={`bar-of ${shadeOf(stepScore)}`} />
          ))}
        </span>
        <span>{saidAnswer(solution.answer)}</span>
        <span class={isRight ? "good" : "bad"}>{isRight ? "✓" : "✗"}</span>
      </button>
    </li>
  );
}

/** The first solutions of the problem. */
export const Solutions = ({
  solutions,
  answer,
}: {
  solutions: readonly Written[];
  answer: string;
}) => (
  <ul class="solutions" id="solutions-part">
    {solutions.map((solution, i) => (
      <Row key={i} solution={solution} i={i} answer={answer} />
    ))}
  </ul>
);
