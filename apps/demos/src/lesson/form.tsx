import { signal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import { Problems } from "../shell/controls";
import { saveJson } from "../shell/save-file";
import { type KnownPage, type Lesson, type LessonStep, LIMITS } from "./lesson";
import { readLesson } from "./read-lesson";
import { lessonAddress, lessonValue } from "./write-lesson";

/** A step that is being written, with a number of its own that stays when it moves. */
type Draft = LessonStep & { id: number };

interface RowProps {
  draft: Draft;
  index: number;
  pages: readonly KnownPage[];
  change(part: Partial<LessonStep>): void;
  moveUp(): void;
  remove(): void;
}

function Row({ draft: { id, page, step, text }, index, pages, change, moveUp, remove }: RowProps) {
  const { steps } = pages.find((known) => known.id === page)!;
  return (
    <fieldset class="row">
      <legend>Step {index + 1}</legend>
      <label class="choice" for={`page-${id}`}>
        <span>Page</span>
        <select
          id={`page-${id}`}
          value={page}
          onChange={({ currentTarget }) => change({ page: currentTarget.value, step: 0 })}
        >
          {pages.map((known) => (
            <option key={known.id} value={known.id}>
              {known.name}
            </option>
          ))}
        </select>
      </label>
      <label class="choice" for={`step-${id}`}>
        <span>Shows</span>
        <select
          id={`step-${id}`}
          value={step}
          onChange={({ currentTarget }) => change({ step: Number(currentTarget.value) })}
        >
          <option value={0}>The whole page</option>
          {steps.map((title, i) => (
            <option key={title} value={i + 1}>
              {i + 1}. {title}
            </option>
          ))}
        </select>
      </label>
      <label class="words" for={`text-${id}`}>
        <span>Your words before it</span>
        <textarea
          id={`text-${id}`}
          rows={3}
          dir="auto"
          value={text}
          onInput={({ currentTarget }) => change({ text: currentTarget.value })}
        />
      </label>
      <div class="buttons">
        <button type="button" id={`up-${id}`} aria-disabled={index === 0} onClick={moveUp}>
          Move up
        </button>
        <button type="button" onClick={remove}>
          Remove
        </button>
      </div>
    </fieldset>
  );
}

/** The address of a lesson that can be read, or what is wrong with it. */
function Result({ lesson, pages }: { lesson: Lesson; pages: readonly KnownPage[] }) {
  let problem: string | undefined;
  try {
    readLesson(JSON.stringify(lessonValue(lesson)), pages);
  } catch (error) {
    problem = (error as Error).message;
  }
  if (problem !== undefined) return <Problems messages={[problem]} />;
  const address = lessonAddress(lesson);
  return (
    <>
      <label class="words" for="lesson-address">
        <span>Its address</span>
        <textarea
          id="lesson-address"
          rows={3}
          readOnly
          value={location.href.replace(/[?#].*$/, "") + address}
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
      </label>
      <div class="buttons">
        <a class="open" href={address}>
          Open it
        </a>
        <button type="button" onClick={() => saveJson("lesson.json", lessonValue(lesson))}>
          Save as JSON
        </button>
      </div>
    </>
  );
}

/** The form that writes a lesson's address. @param from the lesson that it begins with */
export function LessonForm({ pages, from }: { pages: readonly KnownPage[]; from: Lesson | null }) {
  const count = useRef(0);
  const begun = (step: LessonStep): Draft => ({ ...step, id: ++count.current });
  const draft = useMemo(() => {
    const { title, steps, end } = from ?? { title: "", steps: [], end: "" };
    return signal({ title, end, steps: steps.map(begun) });
  }, []);
  const { title, steps, end } = draft.value;
  const set = (part: Partial<typeof draft.value>) => {
    draft.value = { ...draft.value, ...part };
  };
  const change = (index: number, part: Partial<LessonStep>) =>
    set({ steps: steps.map((step, i) => (i === index ? { ...step, ...part } : step)) });
  const moveUp = (index: number) => {
    if (index === 0) return;
    const moved = steps.toSpliced(index, 1);
    set({ steps: moved.toSpliced(index - 1, 0, steps[index]!) });
    requestAnimationFrame(() => document.getElementById(`up-${steps[index]!.id}`)?.focus());
  };
  const remove = (index: number) => {
    set({ steps: steps.toSpliced(index, 1) });
    document.getElementById("add-step")!.focus();
  };
  const add = () => {
    if (steps.length === LIMITS.steps) return;
    set({ steps: [...steps, begun({ page: pages[0]!.id, step: 0, text: "" })] });
  };
  return (
    <div class="form">
      <label class="words" for="lesson-name">
        <span>Title</span>
        <input
          id="lesson-name"
          type="text"
          dir="auto"
          maxLength={LIMITS.title}
          value={title}
          onInput={({ currentTarget }) => set({ title: currentTarget.value })}
        />
      </label>
      {steps.map((step, i) => (
        <Row
          key={step.id}
          draft={step}
          index={i}
          pages={pages}
          change={(part) => change(i, part)}
          moveUp={() => moveUp(i)}
          remove={() => remove(i)}
        />
      ))}
      <button
        type="button"
        id="add-step"
        aria-disabled={steps.length === LIMITS.steps}
        onClick={add}
      >
        Add a step
      </button>
      <label class="words" for="lesson-end">
        <span>Your words at the end</span>
        <textarea
          id="lesson-end"
          rows={3}
          dir="auto"
          value={end}
          onInput={({ currentTarget }) => set({ end: currentTarget.value })}
        />
      </label>
      {steps.length > 0 && <Result lesson={draft.value} pages={pages} />}
    </div>
  );
}
