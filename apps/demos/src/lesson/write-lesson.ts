import type { Lesson } from "./lesson";

/** The end of the address that opens a lesson, from its "#" on. */
export function lessonAddress({ title, steps, end }: Lesson): string {
  const names = steps.map(({ page, step }) => (step === 0 ? page : `${page}.${step}`));
  const said = new URLSearchParams();
  if (title !== "") said.set("title", title);
  for (const [i, { text }] of steps.entries()) if (text !== "") said.set(`text${i + 1}`, text);
  if (end !== "") said.set("end", end);
  const others = said.toString();
  return `#steps=${names.join(",")}${others && `&${others}`}`;
}

/** A lesson as the value of its file, without what is empty. */
export const lessonValue = ({ title, steps, end }: Lesson): unknown => ({
  title,
  steps: steps.map(({ page, step, text }) => ({
    page,
    step: step === 0 ? undefined : step,
    text: text === "" ? undefined : text,
  })),
  end: end === "" ? undefined : end,
});
