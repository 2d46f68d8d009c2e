import { useEffect } from "preact/hooks";
import type { Fields, StateOf } from "../state/address-state";
import { isAsked } from "./open-story";
import { bringIntoView, isBeside, outline } from "./outline";
import type { Outcome, Step, Story } from "./step";
import type { Telling } from "./telling";
import { OutcomeTold, Told } from "./told";
import { Words } from "./words-of";

interface Parts<F extends Fields, R> {
  telling: Telling<F, R>;
  story: Story<StateOf<F>, R>;
  outcome: Outcome | null;
}

function Question<F extends Fields, R>({
  telling: { results, picked, pick },
  step,
}: {
  telling: Telling<F, R>;
  step: Step<StateOf<F>, R>;
}) {
  const { asks, answers, answer } = step.question!;
  const right = results.value && answer(results.value);
  return (
    <fieldset class="question">
      <legend>{asks}</legend>
      {answers.map((text, i) => (
        <button
          key={text}
          type="button"
          class={right === i ? "right" : undefined}
          aria-pressed={picked.value === i}
          aria-disabled={picked.value !== null || right !== null}
          onClick={() => right === null && pick(i)}
        >
          {text}
          {right === i && " ✓"}
        </button>
      ))}
    </fieldset>
  );
}

function Buttons<F extends Fields, R>({ telling }: { telling: Telling<F, R> }) {
  const { at, count, isMoved, results, open, showMe, leave, stepAt } = telling;
  const index = at.value!;
  const step = stepAt(index);
  const canShow = step && (step.states.length === 2 || step.question !== undefined);
  const look = () => step && bringIntoView(step.look, step.control);
  const isTold = results.value !== null;
  const turn = (to: number) => to >= 0 && to < count && open(to);
  return (
    <div class="buttons">
      <button
        type="button"
        class="turn"
        aria-disabled={index === 0}
        onClick={() => turn(index - 1)}
      >
        Back
      </button>
      <button
        type="button"
        class={canShow && !isTold ? "turn" : "turn main"}
        aria-disabled={index === count - 1}
        onClick={() => turn(index + 1)}
      >
        Next
      </button>
      {canShow && (
        <button
          type="button"
          class={isTold ? undefined : "main"}
          onClick={() => {
            look();
            // What is told above moves the part down.
            void showMe().then(() => at.value === index && requestAnimationFrame(look));
          }}
        >
          {isTold && isMoved.value ? "Move it back" : "Show me"}
        </button>
      )}
      {step && !canShow && (
        <button type="button" class="to-part" onClick={look}>
          See it
        </button>
      )}
      <button
        type="button"
        class="quiet"
        onClick={() => {
          leave();
          const own = step?.control ?? "live";
          document.getElementById(own)?.focus({ preventScroll: true });
          bringIntoView(own, ...(step ? [step.look] : []));
        }}
      >
        Try it yourself
      </button>
    </div>
  );
}

function OpenStep<F extends Fields, R>({ telling, story, outcome }: Parts<F, R>) {
  const { at, count, results, isChanged, stepAt } = telling;
  const index = at.value!;
  const step = stepAt(index);
  const { title, words, look } = step ?? story.outcome!;
  useEffect(() => outline(look), [look]);
  useEffect(() => {
    if (step && isAsked() && isBeside()) bringIntoView(look, step.control);
  }, [index]);
  return (
    <>
      <div aria-live="polite">
        <p class="eyebrow turn">
          Step {index + 1} of {count}
        </p>
        <h2>{title}</h2>
        <p>
          <Words text={words} />
        </p>
        {!step && outcome && <OutcomeTold {...outcome} />}
      </div>
      {step?.question && <Question telling={telling} step={step} />}
      <div aria-live="polite">
        {step && isChanged.value && (
          <p class="hint">
            You have changed this step’s settings
            {results.value ? "; this is your own run." : ". “Show me” compares at yours."}
          </p>
        )}
        {step && results.value && <Told step={step} results={results.value} />}
      </div>
      <Buttons telling={telling} />
    </>
  );
}

/** The story beside the live part: its open step, or its steps to choose from. */
export function Panel<F extends Fields, R>({ telling, story, outcome }: Parts<F, R>) {
  const { at, open } = telling;
  if (at.value !== null) return <OpenStep telling={telling} story={story} outcome={outcome} />;
  const titles = [...story.steps, ...(story.outcome ? [story.outcome] : [])];
  return (
    <>
      <h2>The story</h2>
      <ol class="titles">
        {titles.map(({ title }, i) => (
          <li key={title}>
            <button
              type="button"
              class="quiet"
              onClick={() => {
                open(i);
                document.getElementById("story")!.focus();
              }}
            >
              {title}
            </button>
          </li>
        ))}
      </ol>
    </>
  );
}
