import { Problems } from "../shell/controls";
import { edit } from "./actions";
import type { Checked } from "./run-program";
import { edited, problems } from "./state";

/** A test and how it went. */
function Test({ test }: { test: Checked["tests"][number] }) {
  const { call, equals, verdict, message } = test;
  const hasPassed = verdict === "passed";
  const said = message.startsWith(call) ? message : `${call}: ${message}`;
  return (
    <li>
      <span class={hasPassed ? "good" : "bad"}>{hasPassed ? "✓" : "✗"}</span>{" "}
      <code>{hasPassed ? `${call} is ${JSON.stringify(equals)}` : said}</code>
    </li>
  );
}

/** The verdict of a program in words. */
function VerdictLine({ checked: { verdict, message, tests } }: { checked: Checked }) {
  const right = tests.filter((test) => test.verdict === "passed").length;
  const isRight = verdict === "passed";
  return (
    <p id="verdict">
      <strong class={isRight ? "good" : "bad"}>
        {isRight ? "✓ passes" : `✗ ${verdict === "failed" ? "fails" : verdict}`}
      </strong>{" "}
      <span class="muted">
        {right} of {tests.length} tests{verdict === "error" && `: ${message}`}
      </span>
    </p>
  );
}

/** A program to change, and its tests, which run at each change. */
export function Editor({ checked }: { checked: Checked }) {
  return (
    <section aria-label="The program, and its tests">
      <label class="field" for="program">
        <span>Change it, and its tests run again</span>
        <textarea
          id="program"
          rows={3}
          spellcheck={false}
          autocomplete="off"
          aria-describedby="program-problems"
          value={edited.value}
          onInput={({ currentTarget }) => edit(currentTarget.value)}
        />
      </label>
      <Problems id="program-problems" messages={problems.program.value} />
      <VerdictLine checked={checked} />
      <ul class="tests">
        {checked.tests.map((test) => (
          <Test key={test.call} test={test} />
        ))}
      </ul>
      {checked.output !== "" && (
        <div class="printed">
          It printed:
          <pre>{checked.output}</pre>
        </div>
      )}
    </section>
  );
}
