import type { Slices } from "@deepgrain/support";
import type { SpellingTokenizer } from "../json-schema/token-bytes";
import { vocabularyOf } from "../json-schema/vocabulary";
import type { Tokenizer } from "../tokenizer";
import { type ToolForm, think } from "./forms";

const encoder = new TextEncoder();

/** The bytes of a text. */
export const bytesOf = (text: string): Uint8Array => encoder.encode(text);

/** A tokenizer's tokens by their bytes, marks of calls among them. */
export interface MarkedTokens {
  /** Undefined for what is no text, such as special tokens. */
  readonly bytes: readonly (Uint8Array | undefined)[];
  /** The tokens that begin with each byte. */
  readonly byFirst: readonly (readonly number[])[];
  /** The marks that are one token each. */
  readonly whole: readonly string[];
  /** The tokens that have a text inside. */
  having(text: string): readonly number[];
}

/** All marks of a form, those of thinking included. */
const marksOf = ({ marks }: ToolForm) => [...marks, think.open, think.close];

const known = new WeakMap<object, Map<ToolForm, MarkedTokens>>();

/** Whether some bytes have others inside. */
function hasInside(bytes: Uint8Array, part: Uint8Array): boolean {
  for (let at = 0; at + part.length <= bytes.length; at++)
    if (part.every((byte, i) => bytes[at + i] === byte)) return true;
  return false;
}

/** The tokens of a tokenizer for a form, found once for both. */
export function* markedTokens(tokenizer: SpellingTokenizer, form: ToolForm): Slices<MarkedTokens> {
  const own = known.get(tokenizer) ?? new Map<ToolForm, MarkedTokens>();
  known.set(tokenizer, own);
  const found = own.get(form);
  if (found) return found;
  const bytes = [...(yield* vocabularyOf(tokenizer)).bytes];
  const whole = marksOf(form).filter((mark) => tokenizer.tokenToId(mark) !== undefined);
  for (const mark of whole) bytes[tokenizer.tokenToId(mark)!] = bytesOf(mark);
  const byFirst = Array.from({ length: 256 }, (): number[] => []);
  for (const [id, one] of bytes.entries()) if (one && one.length > 0) byFirst[one[0]!]!.push(id);
  yield;
  const inside = new Map<string, number[]>();
  const having = (text: string) => {
    const part = bytesOf(text);
    const ids =
      inside.get(text) ??
      bytes.flatMap((one, id) => (one && part.length > 0 && hasInside(one, part) ? [id] : []));
    inside.set(text, ids);
    return ids;
  };
  const tokens = { bytes, byFirst, whole, having };
  own.set(form, tokens);
  return tokens;
}

/** The part of a tokenizer that decodes an answer. */
type Decoding = Pick<Tokenizer, "encode" | "decode" | "specialTokens" | "tokenToId">;

/** A tokenizer that keeps the marks of a form when it leaves special tokens out. */
export function keepingMarks(
  tokenizer: Decoding,
  form: ToolForm,
): Pick<Tokenizer, "encode" | "decode"> {
  const marks = marksOf(form);
  const left = tokenizer.specialTokens.filter((token) => !marks.includes(token));
  const ids = new Set(left.map((token) => tokenizer.tokenToId(token)));
  return {
    encode: (text, options) => tokenizer.encode(text, options),
    decode(all, { skipSpecialTokens = false } = {}) {
      const kept = skipSpecialTokens ? Array.from(all).filter((id) => !ids.has(id)) : all;
      return tokenizer.decode(kept, { skipSpecialTokens: false });
    },
  };
}
