import { type KnownPage, type Lesson, type LessonStep, LIMITS } from "./lesson";
import { blocksOf } from "./marked-text";

const shortened = (text: string): string => (text.length > 20 ? `${text.slice(0, 20)}…` : text);

const kindOf = (value: unknown): string => {
  if (Array.isArray(value)) return "a list";
  return value === null || value === undefined ? "nothing" : `a value of type ${typeof value}`;
};

/** The fields of an object; no others than those named may be there. */
function fieldsOf(
  value: unknown,
  names: readonly string[],
  place: string,
): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error(`${place} must be an object, got ${kindOf(value)}.`);
  for (const name of Object.keys(value))
    if (!names.includes(name))
      throw new Error(`${place} has “${shortened(name)}”; it may have ${names.join(", ")}.`);
  return value as Record<string, unknown>;
}

/** A text, "" where it is left out. @param marks whether it may have marks, which are then checked */
function textOf(value: unknown, place: string, marks = true): string {
  if (value === undefined) return "";
  if (typeof value !== "string")
    throw new Error(`${place}: the text must be a string, got ${kindOf(value)}.`);
  if (/\p{Surrogate}/u.test(value))
    throw new Error(`${place}: the text has half of a character (a lone surrogate).`);
  try {
    if (marks) blocksOf(value);
  } catch (error) {
    throw new Error(`${place}: ${(error as Error).message}.`);
  }
  return value;
}

function stepOf(value: unknown, number: number, pages: readonly KnownPage[]): LessonStep {
  const place = `Step ${number}`;
  const { page, step = 0, text } = fieldsOf(value, ["page", "step", "text"], place);
  const known = pages.find(({ id }) => id === page);
  if (!known) {
    const given = typeof page === "string" ? `“${shortened(page)}”` : kindOf(page);
    throw new Error(`${place} names ${given}; pages are ${pages.map(({ id }) => id).join(", ")}.`);
  }
  const most = known.steps.length;
  if (typeof step !== "number" || !Number.isInteger(step) || step < 0 || step > most) {
    const given = typeof step === "number" ? step : kindOf(step);
    const range = most === 0 ? "has no steps; leave the number out" : `has the steps 1 to ${most}`;
    throw new Error(`${place}: the page ${known.id} ${range}, got ${given}.`);
  }
  return { page: known.id, step, text: textOf(text, place) };
}

function checkSize({ title, steps, end }: Lesson): void {
  let bytes = 0;
  const count = (text: string, place: string) => {
    bytes += new TextEncoder().encode(text).length;
    if (bytes > LIMITS.bytes)
      throw new Error(`${place}: the texts of a lesson have more than ${LIMITS.bytes} bytes.`);
  };
  count(title, "Title");
  for (const [i, { text }] of steps.entries()) count(text, `Step ${i + 1}`);
  count(end, "End");
}

/** The value of a JSON text in place of a lesson, or that of an address, as a lesson. */
function lessonOf(value: unknown, pages: readonly KnownPage[]): Lesson {
  const { title, steps, end } = fieldsOf(value, ["title", "steps", "end"], "The lesson");
  if (!Array.isArray(steps) || steps.length === 0)
    throw new Error("The lesson must have a list steps with a step at least.");
  if (steps.length > LIMITS.steps)
    throw new Error(`Step ${LIMITS.steps + 1}: a lesson has at most ${LIMITS.steps} steps.`);
  const name = textOf(title, "Title", false).trim();
  if ([...name].length > LIMITS.title || /\n/.test(name))
    throw new Error(`Title: it must be one line of at most ${LIMITS.title} characters.`);
  const lesson: Lesson = {
    title: name,
    steps: steps.map((step, i) => stepOf(step, i + 1, pages)),
    end: textOf(end, "End"),
  };
  checkSize(lesson);
  return lesson;
}

/** A step as addresses have it: a page, or a page, a dot and a number. */
function namedStep(name: string, number: number): { page: string; step?: number } {
  const [, page, step] = /^([^.]*)(?:\.([1-9]\d{0,2}))?$/.exec(name) ?? [];
  if (page === undefined)
    throw new Error(
      `Step ${number} must be a page or a page, a dot and a number, got “${shortened(name)}”.`,
    );
  return step === undefined ? { page } : { page, step: Number(step) };
}

/** The value that an address spells. */
function valueOfAddress(hash: string): unknown {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const names = [...given.keys()];
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  if (twice !== undefined) throw new Error(`The address has “${shortened(twice)}” twice.`);
  const listed = given.get("steps") ?? "";
  if (listed === "")
    throw new Error("The address has no steps; they are given as steps=mixture.1.");
  const steps: Record<string, unknown>[] = listed
    .split(",", LIMITS.steps + 1)
    .map((name, i) => namedStep(name.trim(), i + 1));
  for (const name of names) {
    const [, number] = /^text([1-9]\d?)$/.exec(name) ?? [];
    if (number === undefined) {
      if (!["steps", "title", "end"].includes(name))
        throw new Error(`The address has “${shortened(name)}”, which no lesson has.`);
      continue;
    }
    const step = steps[Number(number) - 1];
    if (!step) throw new Error(`Step ${number}: the address has its text, but not the step.`);
    step.text = given.get(name);
  }
  return { title: given.get("title") ?? undefined, steps, end: given.get("end") ?? undefined };
}

/**
 * Reads a lesson: the end of an address (`#steps=mixture.2,anchors&title=…&text1=…&end=…`), or the JSON of a file
 * (`{ title, steps: [{ page, step, text }], end }`).
 *
 * @param text of the address from its "#" on, or of the file
 * @param pages that it may name
 * @throws {Error} with a sentence for the visitor about the first thing that is wrong, with the number of its step
 */
export function readLesson(text: string, pages: readonly KnownPage[]): Lesson {
  if (text.length > LIMITS.input)
    throw new Error(`A lesson has at most ${LIMITS.input} characters, got ${text.length}.`);
  if (text.startsWith("#")) return lessonOf(valueOfAddress(text), pages);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error("This is no JSON, or was cut off.");
  }
  return lessonOf(value, pages);
}
