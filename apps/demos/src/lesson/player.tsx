import { h } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Problems } from "../shell/controls";
import { AnswerList } from "./answer-list";
import type { KnownPage, Lesson, LessonStep } from "./lesson";
import { LessonText } from "./lesson-text";
import { goTo, opened } from "./state";

/** The page of a step, in a frame that comes and goes with it. The story's own way back and on is left to the lesson. */
function Figure({ step: { page, step } }: { step: LessonStep }) {
  const state = step === 0 ? undefined : `step=${step}`;
  const hide = step === 0 ? undefined : "turns";
  return h("deepgrain-figure", { page, state, hide, live: true });
}

function Turns({ at, count }: { at: number; count: number }) {
  const last = count + 1;
  return (
    <nav class="turns" aria-label="Steps of the lesson">
      <button type="button" id="back" aria-disabled={at === 1} onClick={() => goTo(at - 1)}>
        Back
      </button>
      <progress max={last} value={at} aria-label="How far the lesson is" />
      <button
        type="button"
        id="next"
        class="main"
        aria-disabled={at === last}
        onClick={() => goTo(at + 1)}
      >
        Next
      </button>
    </nav>
  );
}

/** A lesson at its open step, with the way to the others. */
export function Player({ lesson, pages }: { lesson: Lesson; pages: readonly KnownPage[] }) {
  const { at, problems } = opened.value;
  const { title, steps, end } = lesson;
  const step = steps[at - 1];
  const top = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) top.current!.scrollIntoView({ block: "start" });
    isFirst.current = false;
    // The focus was in the frame that has gone.
    if (document.activeElement === document.body) document.getElementById("next")!.focus();
  }, [at]);
  return (
    <section id="lesson" aria-labelledby="lesson-title" ref={top}>
      <h1 id="lesson-title" dir="auto">
        {title || "A lesson"}
      </h1>
      <Problems messages={problems} />
      <Turns at={at} count={steps.length} />
      <div aria-live="polite">
        <p class="eyebrow">{step ? `Step ${at} of ${steps.length}` : "The end"}</p>
        <LessonText text={step ? step.text : end} />
      </div>
      {step ? <Figure key={at} step={step} /> : <AnswerList lesson={lesson} pages={pages} />}
    </section>
  );
}
