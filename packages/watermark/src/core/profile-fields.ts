/** @file Defaults and allowed ranges of every profile field, as data. */

interface NumberRule {
  kind: "number" | "integer";
  min: number;
  max: number;
  default: number;
  /** The bounds themselves are excluded. */
  isOpen?: boolean | undefined;
}
interface ChoiceRule {
  kind: "choice";
  values: readonly string[];
  default: string;
}
interface FlagRule {
  kind: "flag";
  default: boolean;
}
export type FieldRule = NumberRule | ChoiceRule | FlagRule;

/** A whole number. */
export const integer = (fallback: number, min: number, max: number): NumberRule => ({
  kind: "integer",
  min,
  max,
  default: fallback,
});
/** A number; with `isOpen` the bounds themselves are excluded. */
export const real = (fallback: number, min: number, max: number, isOpen = false): NumberRule => ({
  kind: "number",
  min,
  max,
  default: fallback,
  isOpen,
});
/** One of some words, by default the first. */
export const choice = (...values: [string, ...string[]]): ChoiceRule => ({
  kind: "choice",
  values,
  default: values[0],
});
/** True or false, by default false. */
export const flag: FlagRule = { kind: "flag", default: false };

/** A share of the vocabulary, strictly between 0 and 1. */
export const ratio = (fallback: number) => real(fallback, 0, 1, true);
/** The bias that is added to logits. */
export const bias = (fallback: number) => real(fallback, 0, 1e4);
/** The temperature that logits are divided by. */
export const temperature = real(1, 0, 100, true);
