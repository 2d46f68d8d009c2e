import { having, PrmError } from "../errors";
import { fieldsOf } from "./fields";

/** A solution whose steps are labelled good or bad. */
export interface MathShepherdRow {
  readonly problem: string;
  /** With their `Step i:`. */
  readonly steps: readonly string[];
  readonly labels: readonly boolean[];
  /** Source set, such as `GSM8K` or `MATH`. */
  readonly task: string;
}

/** The tag that ends each step in the released data: two Cyrillic letters. */
export const stepTag = "ки";

/** A word joiner between the letters of a tag that is part of the text; added on writing and removed on reading. */
const joiner = "\u2060";
const escapeTag = (text: string) =>
  text.replace(new RegExp(`к(${joiner}*)и`, "g"), `к${joiner}$1и`);
const unescapeTag = (text: string) =>
  text.replace(new RegExp(`к${joiner}(${joiner}*)и`, "g"), "к$1и");

const reject = (why: string, fields: Record<string, unknown> = {}) =>
  new PrmError("ERR_FORMAT", `parseMathShepherd: ${why}`, { fields });

/** The labels of `label`, which is `input` with `+` or `-` for each tag. Offsets differ: a tag has two letters. */
function readLabels(pieces: readonly string[], label: string): boolean[] {
  const labels: boolean[] = [];
  let at = 0;
  for (const [i, piece] of pieces.entries()) {
    if (!label.startsWith(piece, at))
      throw reject(`the texts of input and label differ before tag ${i + 1}`, { tag: i + 1 });
    at += piece.length;
    if (i === pieces.length - 1) break;
    const sign = label[at++];
    if (sign !== "+" && sign !== "-")
      throw reject(`tag ${i + 1} has no label + or -`, { tag: i + 1 });
    labels.push(sign === "+");
  }
  if (at !== label.length) throw reject("label goes on after the last tag");
  return labels;
}

/**
 * Reads a row of the released data: `{ input, label, task }`.
 *
 * @throws {PrmError} `ERR_FORMAT` for rows that are not of the documented form: a number of `Step 1:` other than one,
 *   a tag inside the question, steps without a tag, tags and labels that do not match, empty steps
 * @see Wang et al. 2024 (Math-Shepherd), released data
 */
export function parseMathShepherd(json: unknown): MathShepherdRow {
  const row = fieldsOf("parseMathShepherd", json);
  const [input, label, task] = [row.text("input"), row.text("label"), row.text("task")];
  const count = input.split("Step 1:").length - 1;
  if (count !== 1) throw reject(`"Step 1:" must occur once, found ${count}`, { count });
  const start = input.indexOf("Step 1:");
  const question = input.slice(0, start);
  if (!question.endsWith(" ")) throw reject("a space must stand between question and steps");
  if (question.includes(stepTag)) throw reject("there is a tag inside the question");
  const pieces = input.split(stepTag);
  const labels = readLabels(pieces, label);
  if (pieces.pop() !== "") throw reject("the last step has no tag");
  const steps = pieces.map((piece, i) => {
    const before = i === 0 ? question : "\n";
    const step = piece.slice(before.length, -1);
    if (!piece.startsWith(before) || !piece.endsWith(" ") || step.trim() === "")
      throw reject(`step ${i + 1} is empty or not of the form "Step ${i + 1}: … tag"`, {
        step: i + 1,
      });
    if (/\n[ \t]*step \d+:/i.test(step)) throw reject(`a step after step ${i + 1} has no tag`);
    return unescapeTag(step);
  });
  return { problem: unescapeTag(question.slice(0, -1)), steps, labels, task };
}

/**
 * The row in the released form. A tag in the texts is escaped by a word joiner between its letters.
 * @throws {PrmError} `ERR_FORMAT` where steps and labels do not match, or the texts do not hold `Step 1:` exactly once
 */
export function formatMathShepherd(mathShepherdRow: MathShepherdRow): {
  input: string;
  label: string;
  task: string;
} {
  const { problem, steps, labels, task } = having(
    "formatMathShepherd",
    "mathShepherdRow",
    mathShepherdRow,
    "problem",
    "steps",
  );
  if (steps.length === 0 || steps.length !== labels.length)
    throw new PrmError(
      "ERR_FORMAT",
      `formatMathShepherd: ${steps.length} steps need as many labels, got ${labels.length}`,
      { fields: { steps: steps.length, labels: labels.length } },
    );
  const write = (tagOf: (step: number) => string) =>
    `${escapeTag(problem)} ${steps.map((step, i) => `${escapeTag(step)} ${tagOf(i)}`).join("\n")}`;
  const input = write(() => stepTag);
  if (input.split("Step 1:").length !== 2 || !steps[0]!.startsWith("Step 1:"))
    throw new PrmError(
      "ERR_FORMAT",
      'formatMathShepherd: the first step must begin with "Step 1:", and nothing else may hold it',
      { fields: { step: steps[0] } },
    );
  return { input, label: write((i) => (labels[i] ? "+" : "-")), task };
}
