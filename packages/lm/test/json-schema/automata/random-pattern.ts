/** @file A generator of regular expressions that covers what is supported. */
import fc from "fast-check";

const characters = fc.constantFrom(
  "a",
  "b",
  "c",
  "1",
  "_",
  "-",
  " ",
  "é",
  "😀",
  "\\n",
  "\\.",
  "\\/",
  "\\u0061",
  "\\x62",
  "\\u{1f600}",
);
const classes = fc.constantFrom(
  ".",
  "\\d",
  "\\D",
  "\\w",
  "\\W",
  "\\s",
  "\\S",
  "[abc]",
  "[^a]",
  "[a-c1]",
  "[^\\w-]",
  "[\\d.]",
  "[-a]",
  "[^]",
  "\\p{L}",
  "\\P{Lu}",
  "[\\p{Nd}b]",
);
const quantifiers = fc.constantFrom("", "", "", "*", "+", "?", "{2}", "{1,3}", "{2,}", "*?", "+?");

const { part } = fc.letrec<{ part: string; choice: string; sequence: string }>((tie) => ({
  part: fc.oneof(
    { maxDepth: 1, depthIdentifier: "pattern" },
    characters,
    classes,
    fc
      .tuple(tie("choice"), fc.constantFrom("(", "(?:", "(?<n>"))
      .map(([inner, open]) => (open === "(?<n>" ? `(?:${inner})` : `${open}${inner})`)),
  ),
  sequence: fc
    .array(fc.tuple(tie("part"), quantifiers), { maxLength: 2 })
    .map((parts) => parts.map(([one, many]) => one + many).join("")),
  choice: fc
    .array(tie("sequence"), { minLength: 1, maxLength: 2 })
    .map((alternatives) => alternatives.join("|")),
}));

const sequence = fc
  .array(fc.tuple(part, quantifiers), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.map(([one, many]) => one + many).join(""));
const assertion = fc.constantFrom(
  "",
  "",
  "",
  "",
  "\\b",
  "\\B",
  "(?=a)",
  "(?!b)",
  "(?=.*c)",
  "(?!.*\\d$)",
);

/** Regular expressions with anchors, boundaries, and look-aheads. */
export const randomPattern: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom("", "^", "^"),
    assertion,
    sequence,
    assertion,
    sequence,
    fc.constantFrom("", "$", "$"),
    fc.option(sequence, { nil: undefined, freq: 4 }),
  )
  .map(([start, one, first, two, second, end, other]) => {
    const whole = `${start}${one}${first}${two}${second}${end}`;
    return other === undefined ? whole : `${whole}|${other}`;
  });
