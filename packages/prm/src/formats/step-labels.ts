import { fieldError } from "./fields";

/** Labels of three classes as words: a neutral step is neither good nor bad and counts as a half. */
const words: Readonly<Record<string, number>> = { bad: 0, neutral: 0.5, good: 1 };

/** How many classes labels may have: 2 for any value from 0 to 1, 3 for bad, neutral and good alone. */
export type LabelClasses = 2 | 3;

function labelOf(value: unknown): number | boolean | null | undefined {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return Object.hasOwn(words, value) ? words[value] : undefined;
  return typeof value === "number" && value >= 0 && value <= 1 ? value : undefined;
}

/**
 * The labels of a row: true, false, a number from 0 to 1, null for none, or one of the words `good`, `neutral` and `bad`,
 * which become 1, ½ and 0.
 *
 * @throws {PrmError} `ERR_FORMAT` that names the label's place and value
 */
export function stepLabels(
  where: string,
  key: string,
  labels: readonly unknown[],
  { isNullable = false } = {},
): (number | boolean | null)[] {
  return labels.map((value, i) => {
    const label = labelOf(value);
    if (label !== undefined && (label !== null || isNullable)) return label;
    const none = isNullable ? ", null" : "";
    const expected = `true, false, 0 to 1${none}, "good", "neutral" or "bad"`;
    throw fieldError(where, `${key}[${i}]`, expected, value);
  });
}

/** @throws {PrmError} `ERR_FORMAT` that names the first label that is none of the three classes */
export function checkClasses(where: string, labels: readonly (number | boolean | null)[]): void {
  const odd = labels.findIndex((label) => label !== null && ![0, 0.5, 1].includes(Number(label)));
  if (odd < 0) return;
  const expected = 'of three classes: "bad" (0), "neutral" (0.5) or "good" (1)';
  throw fieldError(where, `labels[${odd}]`, expected, labels[odd]);
}
