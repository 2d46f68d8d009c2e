import type { Quote } from "../share/quote";
import { LessonPicture } from "./lesson-picture";
import { shippedLessons } from "./shipped";

/** The lessons as a link to them shows them. */
export const quote: Quote = {
  pictures: () => [
    { picture: <LessonPicture />, caption: "A dot for each step, in the colour of its page" },
  ],
  settings: () => "No account, and nothing is stored: a lesson is its address",
  outcome: () =>
    Object.values(shippedLessons)
      .map(({ title }) => `“${title}”`)
      .join(" and "),
};
