import { percentText } from "../drawing/numbers";
import { Problems } from "../shell/controls";
import { typeSolution } from "./actions";
import { MOST_LINES } from "./calculation";
import { shadeOf } from "./solutions";
import { drafts, isCurrent, problems, shown } from "./state";

/** The visitor's solution with the score of each line beside it. */
export function OwnSolution() {
  const lines = drafts.solution.value.split("\n", MOST_LINES);
  const scores = isCurrent.value && problems.solution.value.length === 0 ? shown.own.value : [];
  return (
    <section id="own-part" aria-labelledby="own-name">
      <h2 id="own-name">A solution of your own</h2>
      <p class="hint" id="own-hint">
        A calculation per line, such as 12 + 5 = 17. Or press one of the solutions, and spoil a
        line.
      </p>
      <div class="own">
        <ol aria-label="Scores of the lines">
          {lines.map((_, i) => (
            <li key={i}>
              <span class={`bar-of ${shadeOf(scores[i] ?? 0)}`} />
              <span class="score">{scores[i] === undefined ? "–" : percentText(scores[i], 0)}</span>
            </li>
          ))}
        </ol>
        <textarea
          id="solution"
          aria-label="A solution of your own"
          aria-describedby="own-hint own-problems"
          rows={Math.max(3, lines.length)}
          wrap="off"
          spellcheck={false}
          value={drafts.solution.value}
          onInput={({ currentTarget }) => typeSolution(currentTarget.value)}
        />
      </div>
      <Problems id="own-problems" messages={problems.solution.value} />
    </section>
  );
}
