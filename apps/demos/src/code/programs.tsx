import { openProgram } from "./actions";
import { edited } from "./state";
import type { Programs, Written } from "./write-programs";

/** The line of a program that is not the task's. */
const lastLine = (code: string) => code.trim().split("\n").at(-1)!;

function Row({ one, n }: { one: Written; n: number }) {
  const hasPassed = one.verdict === "passed";
  const line = lastLine(one.code);
  return (
    <li>
      <button
        type="button"
        class="written-program"
        aria-pressed={edited.value === one.code}
        onClick={() => openProgram(one.code)}
      >
        <span class="count">{one.count} ×</span>
        <code>{line.replace("const solve = (list) => ", "")}</code>
        <span
          class={hasPassed ? "good" : "bad"}
          role="img"
          aria-label={hasPassed ? "passes" : "fails"}
        >
          {hasPassed ? "✓" : "✗"}
        </span>
        <svg class="share" viewBox="0 0 100 2" preserveAspectRatio="none" aria-hidden="true">
          <rect class={hasPassed ? "good" : "bad"} width={(100 * one.count) / n} height="2" />
        </svg>
      </button>
    </li>
  );
}

/** The different programs that were written for a task, with how often. */
export const ProgramList = ({ programs: { written, n } }: { programs: Programs }) => (
  <ul class="programs" aria-label="Different programs, the most frequent first">
    {written.map((one) => (
      <Row key={one.code} one={one} n={n} />
    ))}
  </ul>
);
