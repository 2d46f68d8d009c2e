import type { KnownPage, Lesson } from "./lesson";
import { readLesson } from "./read-lesson";

/** The data that the page of lessons is built with. */
export interface BuiltLessons {
  pages: readonly KnownPage[];
  /** The lessons that come with the site, by the names that addresses give them. */
  lessons: Readonly<Record<string, Lesson>>;
}

/** A lesson as an address opens it. */
export interface OpenedLesson {
  /** Null where the address has none, or one with a fault. */
  lesson: Lesson | null;
  /** The number of the open step; one more than there are steps is the lesson's end. */
  at: number;
  /** The address without the number, from its "#" on. */
  address: string;
  problems: readonly string[];
}

/** The lesson that an address has, by its name or in whole. */
function lessonIn(given: URLSearchParams, { pages, lessons }: BuiltLessons): Lesson {
  const name = given.get("lesson");
  if (name === null) return readLesson(`#${given}`, pages);
  if ([...given].length > 1)
    throw new Error("The address names a lesson and has parts of another; leave one of them out.");
  if (Object.hasOwn(lessons, name)) return lessons[name]!;
  const names = Object.keys(lessons).join(" and ");
  throw new Error(`No lesson has the name that the address gives; there are ${names}.`);
}

/** Opens what an address says. A fault is told, and the page then opens at its beginning. @param hash as of `location.hash` */
export function openLesson(hash: string, built: BuiltLessons): OpenedLesson {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  if (given.size === 0) return { lesson: null, at: 1, address: "", problems: [] };
  const number = given.get("at") ?? "1";
  given.delete("at");
  try {
    const lesson = lessonIn(given, built);
    const last = lesson.steps.length + 1;
    const at = /^\d{1,2}$/.test(number) ? Number(number) : 0;
    const address = `#${given}`;
    if (at >= 1 && at <= last) return { lesson, at, address, problems: [] };
    const problem = `at in the address must be a whole number from 1 to ${last}, so the lesson begins at its first step.`;
    return { lesson, at: 1, address, problems: [problem] };
  } catch (error) {
    return { lesson: null, at: 1, address: "", problems: [(error as Error).message] };
  }
}
