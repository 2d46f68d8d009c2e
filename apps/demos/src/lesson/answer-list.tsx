import type { KnownPage, Lesson } from "./lesson";
import { answers, type GivenAnswer } from "./state";

function Given({ given }: { given: GivenAnswer }) {
  const { asks, answer, right, cameOut } = given;
  const isRight = right === answer;
  return (
    <>
      <p class="asked">{asks}</p>
      <p>
        You expected: <strong>{answer}</strong>
        {right !== "" && (isRight ? " ✓" : ` ✗; it was: ${right}`)}
      </p>
      <p class="muted">{cameOut || "You went on before anything came out."}</p>
    </>
  );
}

/** The answers that the visitor expected in a lesson, beside what came out. */
export function AnswerList({ lesson, pages }: { lesson: Lesson; pages: readonly KnownPage[] }) {
  const nameOf = ({ at, step }: GivenAnswer) => {
    const page = pages.find(({ id }) => id === lesson.steps[at - 1]?.page);
    return page ? `${page.name}, step ${step}` : `Step ${at}`;
  };
  return (
    <section id="answers" aria-labelledby="answers-title">
      <h2 id="answers-title">What you expected, and what came out</h2>
      {answers.value.length === 0 && <p class="hint">You have answered no question.</p>}
      <ol class="answers">
        {answers.value.map((given) => (
          <li key={`${given.at}.${given.step}`}>
            <p class="eyebrow">{nameOf(given)}</p>
            <Given given={given} />
          </li>
        ))}
      </ol>
      <p class="hint">This list is in your browser alone; it goes with this tab.</p>
    </section>
  );
}
