import { trainValidationSplit } from "@deepgrain/datasets";
import type { Pair, Task } from "./task";

const small =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const tens = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");

/** `head`, then what is left of the number, if anything. */
const joined = (head: string, sign: string, rest: number): string =>
  rest === 0 ? head : `${head}${sign}${numberInWords(rest)}`;

/**
 * A number in English words: 1920 is "one thousand nine hundred twenty".
 * @param n whole, 0 to 9999
 */
export function numberInWords(n: number): string {
  if (n < 20) return small[n]!;
  if (n < 100) return joined(tens[Math.floor(n / 10) - 2]!, "-", n % 10);
  const [unit, name] = n < 1000 ? [100, "hundred"] : [1000, "thousand"];
  return joined(`${small[Math.floor(n / unit)]} ${name}`, " ", n % unit);
}

/** Numbers of four digits. */
const pairs: readonly Pair[] = Array.from({ length: 9000 }, (_, i) => ({
  prompt: String(1000 + i),
  answer: numberInWords(1000 + i),
}));

/** Numbers to write in words. Every number is met once: those held out are new. */
export const numberTask: Task = {
  name: "numbers in words",
  aim: "write a number of four digits in words",
  longestAnswer: 48,
  read: async () => trainValidationSplit(pairs),
};
