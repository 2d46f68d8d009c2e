import { percentText } from "../drawing/numbers";
import { Problems } from "../shell/controls";
import { editStep, openSolution } from "./actions";
import type { Written } from "./choose";
import { opened, problems } from "./state";

/** Shades of a score. */
const SHADES = 5;

/** A class by score: s0 is the lowest. */
const shadeOf = (score: number) => `v${Math.min(SHADES - 1, Math.floor(SHADES * score))}`;

/** A solution as a row of coloured steps and its answer. */
function Row({ solution, i, answer }: { solution: Written; i: number; answer: string }) {
  const isRight = solution.answer === answer;
  const score = solution.score ?? 0;
  return (
    <li>
      <button
        type="button"
        class="solution"
        aria-expanded={opened.value?.index === i}
        aria-label={`Solution ${i + 1}: answer ${solution.answer ?? "none"}, ${isRight ? "right" : "wrong"}, score ${score.toFixed(2)}`}
        onClick={() => openSolution(i)}
      >
        <span class="bars">
          {solution.stepScores.map((stepScore, at) => (
            <span key={at} class={`bar-of ${shadeOf(stepScore)}`} />
          ))}
        </span>
        <span>{solution.answer ?? "–"}</span>
        <span class={isRight ? "good" : "bad"}>{isRight ? "✓" : "✗"}</span>
      </button>
    </li>
  );
}

/** The steps of the opened solution, to change. */
function Opened() {
  const own = opened.value;
  if (!own) return <p class="hint">Open a solution to read its steps, and change one.</p>;
  return (
    <section class="opened" aria-label={`Solution ${own.index + 1}, step by step`}>
      {own.texts.map((text, at) => (
        <label key={at} class="step">
          <span class={`score ${shadeOf(own.scores[at] ?? 0)}`}>
            {percentText(own.scores[at] ?? 0, 0)}
          </span>
          <input
            type="text"
            value={text}
            aria-label={`Step ${at + 1}`}
            aria-describedby="step-problems"
            onInput={({ currentTarget }) => editStep(at, currentTarget.value)}
          />
        </label>
      ))}
      <Problems id="step-problems" messages={problems.step.value} />
      <p class="hint">
        The verifier has never seen this problem. Change a number or an operator: the score of the
        step falls, and so do those after it, as it says how likely the right answer still is.
      </p>
    </section>
  );
}

/** The first solutions of the problem. */
export function Solutions({
  solutions,
  answer,
}: {
  solutions: readonly Written[];
  answer: string;
}) {
  return (
    <>
      <ul class="solutions">
        {solutions.map((solution, i) => (
          <Row key={i} solution={solution} i={i} answer={answer} />
        ))}
      </ul>
      <Opened />
    </>
  );
}
