import { optionsOf, PrmError, refuseUnknown, textOf } from "../errors";
import { answerKey, readAnswer } from "./answer-key";
import { isSameReading } from "./answer-reading";
import { extractBoxes, extractFormulas } from "./answer-span";
import type { AlgebraSystem, EqualityMethod } from "./equal-expressions";
import { extractNumber } from "./extract-number";
import { gradePrm800k } from "./grade-prm800k";
import {
  afterMarker,
  extractGsm8k,
  extractMetamath,
  firstNumber,
  numberValue,
} from "./gsm8k-answer";
import { extractBoxed, extractMarked } from "./math-answer";
import { equalMath } from "./normalize-math";
import { prm800kNormalForm } from "./prm800k-normal-form";
import { isClose } from "./rational";
import { unicodeToLatex } from "./unicode-to-latex";

/** The rules by which an answer is extracted and compared. */
export type AnswerFormat = "gsm8k" | "math" | "prm800k";

/**
 * Variants of a format. `gsm8k`: `exact-value` (default: fractions, mixed numbers, thousands commas; within 10⁻⁶),
 * `official` (equal strings after the official extraction), `metamath-compat` (MetaMath's evaluation, including its
 * faults). `math`: `hendrycks` (default: equal normal forms), `symbolic` (equal values, however they are written: see
 * {@link answerKey}). `prm800k`: `prm800k`. But for the published rules of `official`, `metamath-compat` and `prm800k`,
 * mathematical Unicode is read as LaTeX.
 */
export type AnswerMode =
  | "exact-value"
  | "official"
  | "metamath-compat"
  | "hendrycks"
  | "symbolic"
  | "prm800k";

/** The extracted answer and whether it is right. */
export interface AnswerVerdict {
  /** The completion's answer; null if it has none. */
  readonly extracted: string | null;
  readonly correct: boolean;
  /**
   * The method that decided: equal strings or normal forms, exact fractions, values at fixed points, or the algebra
   * system.
   */
  readonly method: EqualityMethod;
}

/** Reads, compares and groups answers of one format. */
export interface AnswerChecker {
  readonly format: AnswerFormat;
  readonly mode: AnswerMode;
  readonly marker: string | undefined;
  /** The answer of a solution; null if it has none. */
  extract(text: string): string | null;
  /**
   * The answer of a reference: a bare answer or a whole reference solution.
   * @throws {PrmError} `ERR_FORMAT` if it has none
   */
  gold(text: string): string;
  /**
   * Whether two extracted answers are equal. In `symbolic` also across forms that have keys of their own: `0 < x < 1` and
   * `(0, 1)`, `k = 45, n = 2` and `45, 2`; and a comma of the given answer may be a decimal point, `1,22` for `1.22`.
   */
  equal(given: string | null, gold: string): boolean;
  /** The group of an answer in a vote: the same string for all answers with the same value. */
  key(answer: string): string;
  /** Extracts and compares. @throws {PrmError} `ERR_FORMAT` where `gold` has no answer */
  check(completion: string, gold: string): AnswerVerdict;
}

/** Options of {@link createAnswerChecker}. */
export interface AnswerCheckerOptions {
  /** Default `"gsm8k"`. */
  readonly format?: AnswerFormat | undefined;
  /**
   * Text before the answer; the last occurrence is used. Default for gsm8k `#### `, else `The answer is: `, else
   * `The answer is `, else `\boxed{…}` (MetaMath mode: the second alone), for math and prm800k `\boxed{…}` or else `The answer is: `;
   * `symbolic` reads several boxes with only commas, "and" or "or" between them as a list, and without box the last `$…$`.
   */
  readonly marker?: string | undefined;
  /** Default: the format's first. */
  readonly mode?: AnswerMode | undefined;
  /** Used where neither exact nor numeric comparison decides (`symbolic` and `prm800k`). */
  readonly algebra?: AlgebraSystem | undefined;
}

const modes: Readonly<Record<AnswerFormat, readonly AnswerMode[]>> = {
  gsm8k: ["exact-value", "official", "metamath-compat"],
  math: ["hendrycks", "symbolic"],
  prm800k: ["prm800k"],
};

type Extractor = (text: string) => string | null;

function gsm8kExtractor(mode: AnswerMode, marker: string | undefined): Extractor {
  if (mode === "official") return (text) => extractGsm8k(text, marker);
  if (mode === "metamath-compat") return (text) => extractMetamath(text, marker);
  if (marker === undefined) return extractNumber;
  return (text) => {
    const after = afterMarker(text, marker);
    return after === undefined ? null : firstNumber(after.split("\n")[0]!);
  };
}

function mathExtractor(mode: AnswerMode, marker: string | undefined): Extractor {
  const boxed = mode === "symbolic" ? extractBoxes : extractBoxed;
  if (marker === undefined) return (text) => boxed(text) ?? extractMarked(text);
  return (text) => {
    const answer = extractMarked(text, marker);
    return answer === null ? null : (boxed(answer) ?? answer);
  };
}

/**
 * The mode `symbolic` also reads the last formula of a text without box; of a reference only where that is all of it. A
 * text that breaks off inside a box has none.
 */
function formulaExtractor(extract: Extractor, isGold: boolean): Extractor {
  return (text) =>
    extract(text) ?? (/\\(?:boxed|fbox)/.test(text) ? null : extractFormulas(text, isGold));
}

function extractors(
  format: AnswerFormat,
  mode: AnswerMode,
  marker: string | undefined,
): { readonly extract: Extractor; readonly readGold: Extractor } {
  if (format !== "gsm8k") {
    const extract = mathExtractor(mode, marker);
    const [own, whole] =
      mode === "symbolic" && marker === undefined
        ? [formulaExtractor(extract, false), formulaExtractor(extract, true)]
        : [extract, extract];
    return { extract: own, readGold: (text) => whole(text) ?? text.trim() };
  }
  const extract = gsm8kExtractor(mode, marker);
  // A bare answer is read by the same rules, after a marker that we add.
  const bare = gsm8kExtractor(mode, "\u0000");
  return {
    extract,
    readGold: (text) => extract(text) ?? extractGsm8k(text) ?? bare(`\u0000${text.trim()}`),
  };
}

type Equality = (given: string, gold: string) => Omit<AnswerVerdict, "extracted">;

function sameValue(given: string, gold: string): Omit<AnswerVerdict, "extracted"> {
  const [a, b] = [numberValue(given), numberValue(gold)];
  return a && b
    ? { correct: isClose(a, b), method: "exact" }
    : { correct: given === gold, method: "string" };
}

function equality(mode: AnswerMode, algebra: AlgebraSystem | undefined): Equality {
  const asString = (correct: boolean) => ({ correct, method: "string" as const });
  if (mode === "exact-value") return sameValue;
  if (mode === "official") return (given, gold) => asString(given === gold);
  if (mode === "metamath-compat") return (given, gold) => asString(Number(given) === Number(gold));
  if (mode === "hendrycks")
    return (given, gold) => asString(equalMath(unicodeToLatex(given), unicodeToLatex(gold)));
  if (mode === "prm800k") return (given, gold) => gradePrm800k(given, gold, { algebra });
  return (given, gold) => sameKey(given, gold, algebra);
}

/** A form in common; else the algebra system, where one of the two is no expression. */
function sameKey(
  given: string,
  gold: string,
  algebra: AlgebraSystem | undefined,
): Omit<AnswerVerdict, "extracted"> {
  const [a, b] = [readAnswer(given), readAnswer(gold)];
  const isRead = a.method !== "string" && b.method !== "string";
  const method = a.method === b.method ? a.method : isRead ? "numeric" : "string";
  if (isSameReading(a, b)) return { correct: true, method: given === gold ? "string" : method };
  if (isRead || !algebra) return { correct: false, method };
  return {
    correct: algebra(prm800kNormalForm(given), prm800kNormalForm(gold)) === true,
    method: "cas",
  };
}

function checkOptions(format: AnswerFormat, mode: AnswerMode, marker: string | undefined): void {
  if (typeof format !== "string" || !Object.hasOwn(modes, format))
    throw new PrmError(
      "ERR_ARGUMENT",
      `createAnswerChecker: format must be one of ${Object.keys(modes).join(", ")}, got ${JSON.stringify(format)}`,
      { fields: { format } },
    );
  if (!modes[format].includes(mode))
    throw new PrmError(
      "ERR_ARGUMENT",
      `createAnswerChecker: mode of ${format} must be one of ${modes[format].join(", ")}, got ${JSON.stringify(mode)}`,
      { fields: { format, mode } },
    );
  if (marker !== undefined && (typeof marker !== "string" || marker === ""))
    throw new PrmError("ERR_ARGUMENT", "createAnswerChecker: marker must be text, got none", {
      fields: { marker },
    });
}

/**
 * Reads, compares and groups answers by the rules of GSM8K, MATH or PRM800K.
 *
 * @throws {PrmError} `ERR_ARGUMENT` for an unknown format, a mode of another format or an empty marker
 * @see Cobbe et al. 2021 (GSM8K); Hendrycks et al. 2021 (MATH); Lightman et al. 2023 (PRM800K)
 */
export function createAnswerChecker(options: AnswerCheckerOptions = {}): AnswerChecker {
  const {
    format = "gsm8k",
    mode = modes[format]?.[0] as AnswerMode,
    marker,
    algebra,
    ...rest
  } = optionsOf("createAnswerChecker", options);
  refuseUnknown("createAnswerChecker", rest, [
    "format",
    "marker",
    "mode",
    "algebra",
  ] satisfies (keyof AnswerCheckerOptions)[]);
  checkOptions(format, mode, marker);
  const { extract, readGold } = extractors(format, mode, marker);
  const compare = equality(mode, algebra);
  const gold = (text: string) => {
    const answer = typeof text === "string" ? readGold(text) : null;
    if (answer !== null && answer !== "") return answer;
    throw new PrmError("ERR_FORMAT", `checkAnswer: no answer in gold ${JSON.stringify(text)}`, {
      fields: { gold: text },
    });
  };
  return {
    format,
    mode,
    marker,
    extract,
    gold,
    equal: (given, right) => given !== null && compare(given, right).correct,
    key: (answer) => answerKey(answer, format),
    check(completion, reference) {
      const [extracted, right] = [extract(completion), gold(reference)];
      if (extracted === null) return { extracted, correct: false, method: "string" };
      return { extracted, ...compare(extracted, right) };
    },
  };
}

/**
 * Whether a completion reaches the right answer.
 *
 * @param gold a bare answer or a whole reference solution with the same marker
 * @throws {PrmError} `ERR_FORMAT` where `gold` has no answer; `ERR_ARGUMENT` as {@link createAnswerChecker}
 */
export const checkAnswer = (
  completion: string,
  gold: string,
  options: AnswerCheckerOptions = {},
): AnswerVerdict => {
  const checker = createAnswerChecker(options);
  textOf("checkAnswer", "completion", completion);
  return checker.check(completion, gold);
};
