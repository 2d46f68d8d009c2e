import { commonWords, labelIds, labelWords, SIGN, SIGN_ID, wordIds } from "./words";

/** A text with its label; the last of a prompt has none. */
export interface Line {
  words: readonly string[];
  label: string | null;
}

/** Sizes of a prompt: the models have learned from prompts of 4 to 8 texts with 2 to 4 words. */
export const SIZES = { letters: 300, words: 4, fewest: 2, most: 6 };

const NAMED = 3;
const SHOWN = 20;

const quoted = (word: string) =>
  `“${[...word].length > SHOWN ? `${[...word].slice(0, SHOWN).join("")}…` : word}”`;

/** "“red”, “blue” and 4 others" */
function named(words: readonly string[]): string {
  const rest = words.length - NAMED;
  const first = words.slice(0, NAMED).map(quoted).join(", ");
  return rest > 0 ? `${first} and ${rest} ${rest === 1 ? "other" : "others"}` : first;
}

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[\s,.]+/u)
    .filter(Boolean);

/** The lines of a text, whatever stands in them. */
const split = (text: string) =>
  text
    .split(/[\n;]/)
    .filter((line) => line.trim() !== "")
    .map((line) => line.split(/:|=|→|->/).map(wordsOf));

/** The fault of a line of words; undefined for none. */
function lineProblem([words = [], labels = [], ...more]: string[][], place: string) {
  const label = words.find((word) => labelIds.has(word));
  if (label)
    return `${place} has the label ${quoted(label)} among its words; it stands behind a colon.`;
  if (words.length === 0 || words.length > SIZES.words)
    return `${place} must have 1 to ${SIZES.words} words before its colon, and has ${words.length}.`;
  if (more.length > 0 || labels.length > 1) return `${place} must have one label, and has more.`;
  if (labels[0] !== undefined && !labelIds.has(labels[0]))
    return `${quoted(labels[0])} is no label; labels are ${labelWords.join(", ")}.`;
  return undefined;
}

function problemOf(lines: string[][][]): string | undefined {
  if (lines.length === 0)
    return "Write some lines, such as “owl hawk: red”, and a last one without a label.";
  const unknown = lines.flat(2).filter((word) => !wordIds.has(word) && !labelIds.has(word));
  if (unknown.length > 0)
    return `The models do not know ${named([...new Set(unknown)])}; the words that they know are listed below.`;
  for (const [i, line] of lines.entries()) {
    const wrong = lineProblem(line, `Line ${i + 1}`);
    if (wrong) return wrong;
  }
  const labels = lines.map(([, label]) => label?.[0]);
  if (labels.at(-1) !== undefined) return "The last line is the question, so it has no label.";
  const shown = labels.slice(0, -1);
  if (shown.length < SIZES.fewest || shown.length > SIZES.most)
    return `A prompt has ${SIZES.fewest} to ${SIZES.most} lines with a label before the question; this one has ${shown.length}.`;
  if (shown.includes(undefined))
    return `Line ${shown.indexOf(undefined) + 1} has no label; write one behind a colon.`;
  if (new Set(shown).size < 2)
    return `All lines have the label ${quoted(shown[0]!)}; the models choose between two or more.`;
  return undefined;
}

/**
 * Reads a prompt, such as "owl hawk: red; tea cocoa: blue; coffee": lines, or parts between semicolons, of a text and its
 * label behind a colon, an arrow or an equals sign. The last has no label.
 *
 * @returns its lines, or its fault in a sentence
 */
export function readPrompt(text: string): { lines: Line[] } | { problem: string } {
  if (text.length > SIZES.letters)
    return {
      problem: `A prompt may have ${SIZES.letters} characters, and this one has ${text.length}.`,
    };
  const lines = split(text);
  const problem = problemOf(lines);
  if (problem !== undefined) return { problem };
  return { lines: lines.map(([words, label]) => ({ words: words!, label: label?.[0] ?? null })) };
}

/** A prompt in its plainest form. @param between lines: "\n" in a field, "; " in an address */
export const writePrompt = (lines: readonly Line[], between: "\n" | "; "): string =>
  lines
    .map(({ words, label }) => words.join(" ") + (label === null ? "" : `: ${label}`))
    .join(between);

/** A token of a prompt as it is read by people. */
export interface PromptToken {
  word: string;
  id: number;
  kind: "word" | "common" | "sign" | "label";
}

/** The tokens of a prompt, with a sign behind each text. */
export const tokensOf = (lines: readonly Line[]): PromptToken[] =>
  lines.flatMap(({ words, label }) => [
    ...words.map((word) => ({
      word,
      id: wordIds.get(word)!,
      kind: commonWords.includes(word) ? ("common" as const) : ("word" as const),
    })),
    { word: SIGN, id: SIGN_ID, kind: "sign" as const },
    ...(label === null ? [] : [{ word: label, id: labelIds.get(label)!, kind: "label" as const }]),
  ]);
