import { LessonPage } from "../lesson/lesson-page";
import type { BuiltLessons } from "../lesson/open-lesson";
import { readLesson } from "../lesson/read-lesson";
import { shippedLessons } from "../lesson/shipped";
import { Body, type BuiltPage, pages } from "./document";
import { storyPages } from "./told-stories";

/** The titles of a page's steps, with that of the outcome. */
function stepsOf(id: string): string[] {
  const told = storyPages.find((page) => page.id === id)?.story;
  return told
    ? [...told.steps, ...(told.outcome ? [told.outcome] : [])].map(({ title }) => title)
    : [];
}

/** The pages that lessons lead through, and the lessons that come with the site. @throws {Error} for one that names what is not there */
export function builtLessons(): BuiltLessons {
  const known = pages.map(({ id, menu }) => ({ id, name: menu, steps: stepsOf(id) }));
  const read = Object.entries(shippedLessons).map(
    ([name, value]) => [name, readLesson(JSON.stringify(value), known)] as const,
  );
  return { pages: known, lessons: Object.fromEntries(read) };
}

/** The page of lessons. */
export function lessonPage(): BuiltPage {
  const builtIn = builtLessons();
  return { body: <Body page="lesson" isPlain live={<LessonPage built={builtIn} />} />, builtIn };
}
