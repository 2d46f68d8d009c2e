import type { Vocabulary } from "../vocabulary";
import { intervalOf } from "./alphabet";
import { type Dfa, NONE, nextState } from "./dfa";
import { hasLongEscape, shortEscapes, spelledCode } from "./spelling";
import type { TextCosts } from "./text-costs";

const BACKSLASH = 0x5c;
const QUOTE = 0x22;
const UNKNOWN = -2;

/** A state that is inside a character. */
type Inside =
  /** The character has so many bytes more, and leads to a state whatever they are. */
  | { readonly kind: "full"; readonly state: number; readonly rest: number }
  /** The character has so many bytes more, which decide where it leads to; its bits so far, and its length. */
  | {
      readonly kind: "part";
      readonly state: number;
      readonly rest: number;
      readonly bits: number;
      readonly length: number;
    }
  /** An escape, by what of it stands. */
  | { readonly kind: "escape"; readonly state: number; readonly typed: string };

/** The first and the last character of each length in UTF-8. */
const spans = [
  [0, 0],
  [0, 0x7f],
  [0x80, 0x7ff],
  [0x800, 0xffff],
  [0x10000, 0x10ffff],
] as const;

/** A language, measured for a vocabulary. */
export interface TextLanguage {
  readonly dfa: Dfa;
  readonly costs: TextCosts;
}

/** Escapes that may come: `\n` and the like, and `\u00..` of other control characters. */
const escapes: ReadonlyMap<string, number> = new Map([
  ...[...shortEscapes].map(([letter, code]) => [String.fromCharCode(letter), code] as const),
  ...Array.from({ length: 0x20 }, (_, code) => code)
    .filter(hasLongEscape)
    .map((code) => [`u${code.toString(16).padStart(4, "0")}`, code] as const),
]);

/**
 * An automaton over code points, walked byte by byte: its states, and those inside a character of UTF-8 or an escape, made as texts
 * reach them. A state from which no text can be completed is none.
 */
export class ByteMachine {
  readonly start: number;
  private readonly inside: Inside[] = [];
  private readonly known = new Map<string, number>();
  private readonly rows: (Int32Array | undefined)[] = [];
  private readonly insideCosts: number[] = [];
  private readonly tailCosts: readonly number[];

  constructor(
    private readonly language: TextLanguage,
    private readonly vocabulary: Vocabulary,
  ) {
    this.start = language.dfa.start;
    const tails = ["", "\x80", "\x80\x80", "\x80\x80\x80"];
    this.tailCosts = tails.map(
      (tail) => vocabulary.costs(Uint8Array.from(tail, (one) => one.charCodeAt(0)))[0]!,
    );
  }

  /** Rows of the table, made so far. */
  rowCount = 0;

  private get count(): number {
    return this.language.dfa.labels.length;
  }

  private number(inside: Inside): number {
    const key = Object.values(inside).join();
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const number = this.count + this.inside.length;
    this.inside.push(inside);
    this.known.set(key, number);
    return number;
  }

  /** The label of a text that ends in a state; −1 if it may not. */
  label(state: number): number {
    return state < this.count ? this.language.dfa.labels[state]! : NONE;
  }

  /** Whether any text may follow in a state. */
  isFree(state: number): boolean {
    const { alphabet, labels, table } = this.language.dfa;
    if (state >= this.count || labels[state] === NONE) return false;
    const { size } = alphabet;
    for (let at = 0; at < size; at++) if (table[state * size + at] !== state) return false;
    return true;
  }

  /** The state after a byte that is not a closing quote; −1 if it may not stand there. */
  after(state: number, byte: number): number {
    let row = this.rows[state];
    if (!row) {
      row = new Int32Array(256).fill(UNKNOWN);
      this.rows[state] = row;
      this.rowCount++;
    }
    let next = row[byte]!;
    if (next === UNKNOWN) {
      next = state < this.count ? this.begin(state, byte) : this.goOn(state, byte);
      row[byte] = next;
    }
    return next;
  }

  private begin(state: number, byte: number): number {
    if (byte < 0x20 || byte === QUOTE) return NONE;
    if (byte === BACKSLASH) return this.escape(state, "");
    if (byte < 0x80) return nextState(this.language.dfa, state, byte);
    if (byte < 0xc2 || byte > 0xf4) return NONE;
    const length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return this.part(state, length - 1, byte & (0x7f >> length), length);
  }

  private goOn(number: number, byte: number): number {
    const inside = this.inside[number - this.count]!;
    const { kind, state } = inside;
    if (kind === "escape") return this.escape(state, inside.typed + String.fromCharCode(byte));
    if (byte < 0x80 || byte > 0xbf) return NONE;
    const { rest } = inside;
    if (kind === "part")
      return this.part(state, rest - 1, (inside.bits << 6) | (byte & 0x3f), inside.length);
    return rest === 1 ? state : this.number({ kind, state, rest: rest - 1 });
  }

  private escape(state: number, typed: string): number {
    const { dfa } = this.language;
    const whole = escapes.get(typed);
    if (whole !== undefined) return nextState(dfa, state, whole);
    for (const [text, code] of escapes)
      if (text.startsWith(typed) && nextState(dfa, state, code) !== NONE)
        return this.number({ kind: "escape", state, typed });
    return NONE;
  }

  /** Where the characters that begin with some bits lead to: their first, and the state after it, for each interval. */
  private *targets(state: number, rest: number, bits: number, length: number) {
    const { alphabet, table } = this.language.dfa;
    const [least, most] = spans[length]!;
    const from = Math.max(bits << (6 * rest), least);
    const to = Math.min(((bits + 1) << (6 * rest)) - 1, most);
    for (let at = intervalOf(alphabet, from); at < alphabet.cuts.length; at++) {
      let first = Math.max(alphabet.cuts[at]!, from);
      if (first > to) return;
      if (first >= 0xd800 && first <= 0xdfff) {
        const last = at + 1 < alphabet.cuts.length ? alphabet.cuts[at + 1]! - 1 : to;
        if (Math.min(last, to) <= 0xdfff) continue;
        first = 0xe000;
      }
      yield { first, next: table[state * alphabet.size + alphabet.classOf[at]!]! };
    }
  }

  private part(state: number, rest: number, bits: number, length: number): number {
    const [least, most] = spans[length]!;
    if (rest === 0) {
      const isSurrogate = bits >= 0xd800 && bits <= 0xdfff;
      if (bits < least || bits > most || isSurrogate) return NONE;
      return nextState(this.language.dfa, state, bits);
    }
    const nexts = new Set<number>();
    for (const { next } of this.targets(state, rest, bits, length)) nexts.add(next);
    const [only] = nexts;
    if (only === undefined || (nexts.size === 1 && only === NONE)) return NONE;
    const first = bits << (6 * rest);
    const last = ((bits + 1) << (6 * rest)) - 1;
    const isWhole =
      first >= least && last <= most && (last < 0xd800 || first > 0xdfff) && nexts.size === 1;
    return this.number(
      isWhole ? { kind: "full", state: only, rest } : { kind: "part", state, rest, bits, length },
    );
  }

  /** Tokens of what follows a text that ends in a state; Infinity where none may. */
  endCost(state: number): number {
    const label = this.label(state);
    return label === NONE ? Infinity : this.language.costs.end(label);
  }

  /** Tokens to the end of the text in the shortest way. */
  cost(state: number): number {
    const { tokens } = this.language.costs;
    if (state < this.count) return tokens[state]!;
    const at = state - this.count;
    this.insideCosts[at] ??= this.insideCost(this.inside[at]!);
    return this.insideCosts[at]!;
  }

  private insideCost(inside: Inside): number {
    const { costs, dfa } = this.language;
    const { state } = inside;
    if (inside.kind === "full") return this.tailCosts[inside.rest]! + costs.tokens[state]!;
    let best = Infinity;
    const offer = (tail: Uint8Array, next: number) => {
      if (next !== NONE)
        best = Math.min(best, this.vocabulary.costs(tail)[0]! + costs.tokens[next]!);
    };
    if (inside.kind === "escape") {
      for (const [text, code] of escapes)
        if (text.startsWith(inside.typed)) {
          const tail = text.slice(inside.typed.length);
          offer(
            Uint8Array.from(tail, (one) => one.charCodeAt(0)),
            nextState(dfa, state, code),
          );
        }
    } else
      for (const { first, next } of this.targets(state, inside.rest, inside.bits, inside.length))
        offer(spelledCode(first).slice(-inside.rest), next);
    return best;
  }
}
