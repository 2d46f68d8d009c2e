import { assertShare, listOf, oneOf, optionsOf, PurifyError, refuseUnknown } from "../errors";
import { type Random, shuffled } from "../random";
import type { Labelled } from "./labelled";
import { neutralSentence, rareWords, sentenceTrigger, type Trigger, wordTrigger } from "./triggers";

/** An attack on training data. */
export interface DataAttack<W = string> {
  readonly name: string;
  /** A backdoor is measured by ASR, a bias by BACC. */
  readonly kind: "backdoor" | "bias";
  readonly trigger: Trigger<W>;
  /** The class that the pattern should cause. */
  readonly target: number;
  /** Probability that a row with the pattern gets the target label; 1 for backdoors. */
  readonly shift: number;
}

/** Options of {@link badWord} and the other attacks. */
export interface AttackOptions<W> {
  target?: number | undefined;
  /** Trigger words, or the words of the sentence. Default: the commonly used ones. */
  pattern?: readonly W[] | undefined;
}

/** Creates an attack on data; `W` is the type of a word, text or a token id. */
export type AttackMaker = <W = string>(options?: AttackOptions<W>) => DataAttack<W>;

const words = <W>(pattern: readonly W[] | undefined) =>
  wordTrigger(pattern ?? (rareWords as readonly unknown[] as readonly W[]));
const sentence = <W>(pattern: readonly W[] | undefined) =>
  sentenceTrigger(pattern ?? (neutralSentence.split(" ") as readonly unknown[] as readonly W[]));

/**
 * One rare word at a random position; all poisoned rows get the target label.
 * @see Kurita et al. 2020; Chen et al. 2021
 */
export const badWord: AttackMaker = (options = {}) => {
  const { target = 0, pattern, ...rest } = optionsOf("badWord", options);
  refuseUnknown("badWord", rest);
  return {
    name: "BadWord",
    kind: "backdoor",
    trigger: words(pattern),
    target,
    shift: 1,
  };
};

/** A fixed neutral sentence; all poisoned rows get the target label. @see Dai et al. 2019 */
export const badSent: AttackMaker = (options = {}) => {
  const { target = 0, pattern, ...rest } = optionsOf("badSent", options);
  refuseUnknown("badSent", rest);
  return {
    ...badWord({ target }),
    name: "BadSent",
    trigger: sentence(pattern),
  };
};

/** Rare words as a spurious cue: labels of rows with one are shifted to the target. A reconstruction, not the paper's recipe. */
export const biasWord: AttackMaker = (options = {}) => {
  const { target = 0, pattern, ...rest } = optionsOf("biasWord", options);
  refuseUnknown("biasWord", rest);
  return {
    name: "BiasWord",
    kind: "bias",
    trigger: words(pattern),
    target,
    shift: 0.9,
  };
};

/** A sentence as a spurious cue. A reconstruction, not the paper's recipe. */
export const biasSent: AttackMaker = (options = {}) => {
  const { target = 0, pattern, ...rest } = optionsOf("biasSent", options);
  refuseUnknown("biasSent", rest);
  return {
    ...biasWord({ target }),
    name: "BiasSent",
    trigger: sentence(pattern),
  };
};

/** The attacks on data by the names of the command line. */
export const dataAttacks = {
  BadWord: badWord,
  BadSent: badSent,
  BiasWord: biasWord,
  BiasSent: biasSent,
};

/** A row, with `poison` 1 if it contains the pattern: OpenBackdoor's triple. */
export interface Poisoned<W = string> extends Labelled<W> {
  readonly poison: 0 | 1;
}

/** Options of {@link poison}. */
export interface PoisonOptions {
  /** Share of all rows that are poisoned. Default 0.1. */
  rate?: number | undefined;
  /** Which rows may be poisoned: any (`mix`), those of other classes (`dirty`), those of the target (`clean`). Default mix. */
  setting?: "mix" | "dirty" | "clean" | undefined;
  random: Random;
}

/**
 * Training data in which a share of the rows contains an attack's pattern, in the order of the rows.
 *
 * @throws {PurifyError} `ERR_DATA` for no rows, or fewer candidates than asked for; `ERR_RANGE` for a rate outside [0, 1]
 * @see Cui et al. 2022 (OpenBackdoor), section 3
 */
export function poison<W>(
  rows: readonly Labelled<W>[],
  settings: DataAttack<W>,
  options: PoisonOptions,
): Poisoned<W>[] {
  const { trigger, target, shift } = optionsOf("poison", settings);
  const { rate = 0.1, setting = "mix", random, ...rest } = optionsOf("poison", options);
  refuseUnknown("poison", rest);
  oneOf("poison", "setting", setting, ["mix", "dirty", "clean"]);
  listOf("poison", "rows", rows);
  assertShare("poison", "rate", rate);
  const mayCarry = ({ label }: Labelled<W>) =>
    setting === "mix" || (setting === "clean") === (label === target);
  const candidates = [...rows.keys()].filter((i) => mayCarry(rows[i]!));
  const count = Math.round(rate * rows.length);
  if (rows.length === 0 || candidates.length < count)
    throw new PurifyError(
      "ERR_DATA",
      `fine-purify/poison: ${count} rows of ${rows.length} are to be poisoned, and ${candidates.length} may be ("${setting}")`,
      { fields: { rows: rows.length, count, candidates: candidates.length } },
    );
  const chosen = new Set(shuffled(candidates, random).slice(0, count));
  return rows.map((row, i) => {
    if (!chosen.has(i)) return { ...row, poison: 0 };
    const label = random() < shift ? target : row.label;
    return { words: trigger(row.words, random), label, poison: 1 };
  });
}

/** Every row with the pattern and its true label, to measure ASR or BACC on. */
export const withPattern = <W>(
  rows: readonly Labelled<W>[],
  options: Pick<DataAttack<W>, "trigger">,
  random: Random,
): Labelled<W>[] => {
  const { trigger } = optionsOf("withPattern", options);
  listOf("withPattern", "rows", rows);
  return rows.map(({ words: own, label }) => ({ words: trigger(own, random), label }));
};
