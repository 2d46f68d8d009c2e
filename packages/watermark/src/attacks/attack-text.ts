import { optionsOf, real, refuseUnknown, WatermarkError, whole } from "../errors";
import type { ProxyLM } from "../proxy/proxy-lm";
import type { AttackName } from "./attack-names";
import { paraphrase } from "./paraphrase";
import { foldCase, insertInvisible, swapHomoglyphs } from "./text-attacks";
import {
  copyPaste,
  deleteTokens,
  insertTokens,
  type Random,
  substitute,
  swapNeighbours,
} from "./token-attacks";

const characterAttacks = {
  homoglyph: swapHomoglyphs,
  "fold-case": foldCase,
  invisible: insertInvisible,
} as const;

type TokenAttack = Exclude<AttackName, keyof typeof characterAttacks>;

/** Options of an attack; each attack needs only some of them. */
export interface AttackOptions {
  /** Share of the tokens, letters or words that are edited. */
  readonly rate: number;
  readonly random: Random;
  /** Turns text into ids and back, for an attack on the form that a text is not in. */
  readonly tokenizer?:
    | { encode(text: string): readonly number[]; decode(ids: readonly number[]): string }
    | undefined;
  /** Tokens to substitute or insert from. */
  readonly vocabSize?: number | undefined;
  /** The model that rewrites, for a paraphrase. */
  readonly rewriter?: (() => ProxyLM) | undefined;
  /** Text to paste into. */
  readonly human?: readonly number[] | undefined;
  /** Tokens of it around each text. Default 1000. */
  readonly humanTokens?: number | undefined;
  /** Pieces that a text is cut into. Default 1. */
  readonly pieces?: number | undefined;
}

const missing = (needs: keyof AttackOptions, what: string): never => {
  throw new WatermarkError("ERR_ARGUMENT", `attack: ${what}`, { fields: { needs } });
};

async function editTokens(
  name: TokenAttack,
  ids: readonly number[],
  { rate, random, vocabSize, rewriter, human = [], humanTokens = 1000, pieces = 1 }: AttackOptions,
): Promise<number[]> {
  const replacement = () =>
    vocabSize === undefined
      ? missing("vocabSize", `${name} needs the vocabulary's size`)
      : { vocabSize };
  switch (name) {
    case "substitute":
      return substitute(ids, rate, replacement(), random);
    case "insert":
      return insertTokens(ids, rate, replacement(), random);
    case "delete":
      return deleteTokens(ids, rate, random);
    case "swap":
      return swapNeighbours(ids, rate, random);
    case "paraphrase":
      if (!rewriter) return missing("rewriter", "paraphrase needs the model that rewrites");
      return paraphrase(ids, rewriter(), { rate }, random);
    case "copy-paste": {
      if (human.length === 0) return missing("human", "copy-paste needs human text");
      const start = Math.floor(random() * Math.max(1, human.length - humanTokens));
      return copyPaste(ids, human.slice(start, start + humanTokens), pieces, random).ids;
    }
  }
}

const isOfCharacters = (name: AttackName): name is keyof typeof characterAttacks =>
  Object.hasOwn(characterAttacks, name);

/**
 * Edits a text the way an attacker would, by one of the attacks on token ids or on characters.
 *
 * @param text its ids, its characters, or both; an attack edits the form that it is for
 * @returns the edited characters, or the edited ids with the text that the tokenizer makes of them, if there is one
 * @throws {WatermarkError} `ERR_ARGUMENT` where the attack needs what is not given, with the option in `fields.needs`; `ERR_RANGE` for the rate
 */
export async function attackText(
  name: AttackName,
  text: { readonly ids?: readonly number[] | undefined; readonly text?: string | undefined },
  options: AttackOptions,
): Promise<{ text?: string; ids?: number[] }> {
  const { rate, random, tokenizer, vocabSize, rewriter, human, humanTokens, pieces, ...rest } =
    optionsOf("attackText", options);
  refuseUnknown("attackText", rest);
  real("attackText", "rate", rate, { min: 0, max: 1 });
  if (vocabSize !== undefined) whole("attackText", "vocabSize", vocabSize, { min: 2 });
  if (humanTokens !== undefined) whole("attackText", "humanTokens", humanTokens, { min: 1 });
  if (pieces !== undefined) whole("attackText", "pieces", pieces, { min: 1 });
  if (isOfCharacters(name)) {
    const characters =
      text.text ??
      (tokenizer && text.ids ? tokenizer.decode(text.ids) : undefined) ??
      missing("tokenizer", `${name} edits letters: give text, or a tokenizer`);
    return { text: characterAttacks[name](characters, rate, random) };
  }
  const ids =
    text.ids ??
    (tokenizer && text.text !== undefined ? tokenizer.encode(text.text) : undefined) ??
    missing("tokenizer", `${name} edits tokens: give ids, or a tokenizer`);
  const tools = { rate, random, vocabSize, rewriter, human, humanTokens, pieces };
  const edited = await editTokens(name, ids, tools);
  return tokenizer ? { text: tokenizer.decode(edited), ids: edited } : { ids: edited };
}
