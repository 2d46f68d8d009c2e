import { fail } from "../errors";

/**
 * A claim about its two sides: `<` the left one is lower; `≤` it is not higher by more than the margin; `=` both are equal
 * within the margin.
 */
export type Relation = "<" | "≤" | "=";

/** Words that claim to be no worse, also where "or surpasses" follows. */
const noWorse: readonly RegExp[] = [
  /\bcomparabl[ey]\b/i,
  /\bmatch(es|ed|ing)?\b/i,
  /\bon par\b/i,
  /\bapproach(es|ed|ing)\b/i,
  /\bmaintain(s|ed|ing)?\b/i,
  /\b(keep(s|ing)?|kept)\b/i,
  /\bonly\b[^%]*%.*\bcomput(e|ations?)\b/i,
];

/** Words that claim that two things do not differ. */
const unchanged: readonly RegExp[] = [
  /\bequal(s|led|ly)?\b/i,
  /\bthe same\b/i,
  /\bunchanged\b/i,
  /\blittle difference\b/i,
];

const MOST_WORDS = 15;

/**
 * The relation of a claim that says so in a paper's words: comparable, matches, on par, approaches, maintains, keeps, or with only
 * n % of the computation make it `≤`; equal, the same, unchanged or little difference `=`; all else states a direction, `<`.
 *
 * @param claim names the claim in errors
 * @param words verbatim from the paper, 1 to 15 of them
 * @throws {LabError} `ERR_ARGUMENT` for no words, more than 15, or words of both `≤` and `=`
 */
export function relationOfWords(claim: string, words: string): Relation {
  const refuse = (expected: string): never =>
    fail(
      "ERR_ARGUMENT",
      `lab/study: words of the claim "${claim}" must be ${expected}, got "${words}"`,
      {
        claim,
        words,
      },
    );
  const count = typeof words === "string" ? words.split(/\s+/).filter(Boolean).length : 0;
  if (count === 0 || count > MOST_WORDS) refuse(`1 to ${MOST_WORDS} words of the paper`);
  const [isNoWorse, isUnchanged] = [noWorse, unchanged].map((all) =>
    all.some((one) => one.test(words)),
  );
  if (isNoWorse && isUnchanged) refuse("of one relation, not of both ≤ and =");
  return isNoWorse ? "≤" : isUnchanged ? "=" : "<";
}
