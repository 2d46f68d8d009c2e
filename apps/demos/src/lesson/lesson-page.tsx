import { Problems } from "../shell/controls";
import { LessonForm } from "./form";
import type { Lesson } from "./lesson";
import { Dots } from "./lesson-picture";
import type { BuiltLessons } from "./open-lesson";
import { Player } from "./player";
import { fileProblems, opened, openFile } from "./state";

function LessonCard({ name, lesson, pages }: { name: string; lesson: Lesson; pages: string[] }) {
  const { title, steps } = lesson;
  return (
    <li>
      <a href={`./lesson.html#lesson=${name}`}>
        <svg viewBox="0 0 240 24" aria-hidden="true">
          <Dots steps={steps} y={12} />
        </svg>
        <span class="name">{title}</span>
        <span>
          {pages.join(", ")}: {steps.length} steps, about 30 minutes
        </span>
      </a>
    </li>
  );
}

/** The lessons there are, where none is open. */
function Overview({ built: { lessons, pages } }: { built: BuiltLessons }) {
  const nameOf = (page: string) => pages.find(({ id }) => id === page)!.name;
  const namesIn = ({ steps }: Lesson) => [...new Set(steps.map(({ page }) => nameOf(page)))];
  return (
    <section>
      <h1>Lessons</h1>
      <p class="lead">
        A lesson leads through pages of this site, a step at a time: it asks what you expect, lets
        you try it, and in the end sets your answers beside what came out. Take one of these, or
        make one for a class of yours.
      </p>
      <Problems messages={opened.value.problems} />
      <ul class="cards lessons">
        {Object.entries(lessons).map(([name, lesson]) => (
          <LessonCard key={name} name={name} lesson={lesson} pages={namesIn(lesson)} />
        ))}
      </ul>
    </section>
  );
}

/** The page of lessons: the open one, or all there are; below it the form that makes them. */
export function LessonPage({ built }: { built: BuiltLessons }) {
  const { lesson, address } = opened.value;
  return (
    <>
      {lesson ? <Player lesson={lesson} pages={built.pages} /> : <Overview built={built} />}
      <section class="making" aria-labelledby="making-title">
        <h2 id="making-title">{lesson ? "Change this lesson" : "Make a lesson"}</h2>
        <p class="hint">
          The lesson is its address: nothing is stored anywhere. Texts may have **strong**,
          *emphasis*, `code`, [links](https://…) and lists of lines that begin with “- ”.
        </p>
        <label class="file">
          <span>Open a lesson’s file, or drop it on this page</span>
          <input
            type="file"
            accept=".json"
            onChange={({ currentTarget }) => void openFile(currentTarget.files?.[0], built)}
          />
        </label>
        <Problems messages={fileProblems.value} />
        <details open={!lesson}>
          <summary>Write it here</summary>
          <LessonForm key={address} pages={built.pages} from={lesson} />
        </details>
      </section>
    </>
  );
}
