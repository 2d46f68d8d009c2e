/** @file Lessons of the playground: ends of addresses, and files. */
import { errorClass } from "@deepgrain/support";
import fc from "fast-check";
import type { Generator } from "../generator";
import { readLesson } from "../inside";
import { damaged } from "../mutations";
import { count, word } from "./json-values";

const codes = ["ERR_FORMAT"] as const;

class LessonError extends errorClass("doors", codes, "LessonError") {}

const pages = [
  { id: "mixture", name: "Mixture", steps: ["first", "second"] },
  { id: "model", name: "Your model", steps: [] },
];

/** Reads a lesson; what is wrong is a plain error with a sentence, which no error of the language is. */
function read(text: string) {
  try {
    return readLesson(text, pages);
  } catch (cause) {
    if ((cause as Error).constructor !== Error) throw cause;
    throw new LessonError("ERR_FORMAT", (cause as Error).message, { cause });
  }
}

const marks = fc.constantFrom("**a**", "*b*", "`c`", "[d](https://d.example)", "\n\n", "\n- e");
const text = fc.array(fc.oneof(marks, word), { maxLength: 5 }).map((parts) => parts.join(" "));
const step = fc.oneof(
  fc.record({ page: fc.constant("mixture"), step: fc.nat(2), text }),
  fc.record({ page: fc.constant("model"), text }),
);
const lesson = fc.record({
  title: word,
  steps: fc.array(step, { minLength: 1, maxLength: 4 }),
  end: text,
});

const names = fc.constantFrom("mixture", "mixture.1", "mixture.2", "model");
const address = fc
  .tuple(fc.array(names, { minLength: 1, maxLength: 20 }), word, text)
  .map(([steps, title, text1]) => {
    const others = new URLSearchParams({ title, text1 });
    return `#steps=${steps.join(",")}&${others}`;
  });

const withText = (own: string) => JSON.stringify({ steps: [{ page: "model", text: own }] });

export const lessonGenerators: readonly Generator[] = [
  {
    door: "readLesson",
    form: "text",
    valid: fc.oneof(
      { weight: 3, arbitrary: address },
      { weight: 3, arbitrary: lesson.map((own) => JSON.stringify(own)) },
      { weight: 1, arbitrary: damaged("json", lesson).map((own) => JSON.stringify(own)) },
    ),
    read,
    orders: {
      "names of an address": (n) => `#steps=${"mixture,".repeat(n)}`,
      "parts of an address": (n) =>
        `#steps=model&${count(n)
          .map((i) => `text${i}=`)
          .join("&")}`,
      levels: (n) => "[".repeat(n),
      "open links": (n) => withText("[a](".repeat(n)),
      "open brackets": (n) => withText("[".repeat(n)),
      stars: (n) => withText("*".repeat(n)),
      "stars with spaces": (n) => withText("*a ".repeat(n)),
      "open code": (n) => withText("`\n".repeat(n)),
      spaces: (n) => withText(`${" ".repeat(n)}x`),
      lists: (n) => withText("- a\n".repeat(n)),
    },
  },
];
