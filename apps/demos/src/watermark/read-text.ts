import { evaluate } from "@deepgrain/lm";
import { type AttackRun, attackTokens } from "./attack";
import { encode, type Library } from "./library";
import { lettersOf, markOf } from "./mark";
import type { Key, Scheme } from "./names";

/** A text as it is read. */
export interface TextRun extends AttackRun {
  scheme: Scheme;
  text: string;
  strength: number;
  key: Key;
  /** A message as long as the one that is looked for. */
  payload: string;
}

/** A token's text, and whether it speaks for the payload: 1, against it: −1, or was not asked: 0. */
export type Spoken = readonly [text: string, vote: -1 | 0 | 1];

/** A reader's findings in a text. */
export interface Reading {
  /** The text after the attack. */
  text: string;
  tokens: Spoken[];
  /** Whether there is a mark at all, at p below 0.001. */
  isFound: boolean;
  pValue: number;
  /** The likeliest payload; of an unmarked text, too, there is one. */
  payload: string;
  bits: number[];
  /** Per bit, from 0.5 to 1. */
  confidence: number[];
  /** How odd the model finds the text, in nats per token; null for texts longer than it can read. */
  nats: number | null;
}

/** Tokens that are too few to read a payload from. */
const FEWEST = 8;

const voteOf = (isScored: boolean, evidence: number) => {
  if (!isScored) return 0;
  return evidence > 0 ? 1 : -1;
};

/** Reads a text that may have been attacked: payload, p-value, and each token's vote. @returns null where it is too short */
export async function readText(
  { model, tokenizer, proxy, corpus }: Library,
  { scheme, text, strength, key, payload, ...attack }: TextRun,
  signal: AbortSignal,
): Promise<Reading | null> {
  const attacked = await attackTokens(encode(tokenizer, text), attack, corpus);
  const shown = attack.rate === 0 ? text : tokenizer.decode(attacked);
  // As a reader does who has the text alone.
  const ids = encode(tokenizer, shown);
  if (ids.length < FEWEST) return null;
  const mark = markOf(scheme, { strength, key, payload, proxy });
  const { bits, bitConfidence, pValue, verdict } = mark.decode(ids);
  const { tokens } = mark.explain(ids);
  // Pieces of one letter's bytes are no text by themselves, so what is new is shown.
  let before = "";
  const spoken = tokens.map(({ isScored, evidence }, i): Spoken => {
    const whole = tokenizer.decode(ids.slice(0, i + 1));
    const piece = whole.slice(before.length);
    before = whole;
    return [piece, voteOf(isScored, evidence)];
  });
  const length = ids.length + 1;
  const batch = { ids: Int32Array.from([1, ...ids]), batch: 1, length };
  const isReadable = length <= model.config.maxPositionEmbeddings;
  const nats = isReadable ? (await evaluate(model, [batch], { signal })).loss : null;
  return {
    text: shown,
    tokens: spoken,
    isFound: verdict === "found",
    pValue,
    payload: lettersOf(bits),
    bits: [...bits],
    confidence: [...bitConfidence],
    nats,
  };
}
