import { textOf } from "../errors";

const forms = [
  /总分是：\s*(\d+(?:\.\d+)?)\s*分/,
  /score:\s*(\d+(?:\.\d+)?)\s*points?/i,
  /(\d+(?:\.\d+)?)\s*\/\s*10/,
];

/**
 * The score that a judging model gave, extracted from its text: after `总分是：` or `score:`, or as `7/10`.
 * @returns from 0 to 1; undefined when there is no score between 0 and 10
 */
export function judgeScore(text: string): number | undefined {
  textOf("judgeScore", "text", text);
  for (const form of forms) {
    const found = form.exec(text)?.[1];
    if (found !== undefined && Number(found) <= 10) return Number(found) / 10;
  }
  return undefined;
}
