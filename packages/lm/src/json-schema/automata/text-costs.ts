import type { Budget, Slices } from "@deepgrain/support";
import type { Vocabulary } from "../vocabulary";
import { type Alphabet, classOf } from "./alphabet";
import { type Dfa, NONE } from "./dfa";
import { spelledCode } from "./spelling";

/** The character of each class that takes the fewest tokens. */
export interface CheapestCharacters {
  readonly codes: Int32Array;
  /** Tokens of each; Infinity if no character of the class can be spelled. */
  readonly costs: Float64Array;
}

/** Characters of a class beyond ASCII that are tried, at the beginning of each of its intervals. */
const TRIED = 32;

/** Characters that are tried: all of ASCII, tokens of one character, and the first of each interval. */
function* candidates(alphabet: Alphabet, vocabulary: Vocabulary): Generator<number> {
  for (let code = 0; code < 0x80; code++) yield code;
  const tried = new Map<number, number>();
  for (const [at, from] of alphabet.cuts.entries()) {
    const own = alphabet.classOf[at]!;
    const count = tried.get(own) ?? 0;
    tried.set(own, count + 1);
    if (count < TRIED && from >= 0x80 && (from < 0xd800 || from > 0xdfff)) yield from;
  }
  yield* vocabulary.characters();
}

/** The cheapest character of each class. @param budget a step is a character that is tried */
export function cheapestCharacters(
  alphabet: Alphabet,
  vocabulary: Vocabulary,
  budget: Budget,
): CheapestCharacters {
  const costs = new Float64Array(alphabet.size).fill(Infinity);
  const codes = new Int32Array(alphabet.size).fill(-1);
  let missing = alphabet.size;
  for (const code of candidates(alphabet, vocabulary)) {
    if (missing === 0 && code >= 0x80) break;
    budget.spendSteps(1);
    const own = classOf(alphabet, code);
    const cost = vocabulary.costs(spelledCode(code))[0]!;
    if (cost >= costs[own]!) continue;
    if (costs[own] === Infinity) missing--;
    costs[own] = cost;
    codes[own] = code;
  }
  return { codes, costs };
}

/** Transitions between two slices. */
const SLICE = 4096;

/** The shortest rest of a text from each state on. */
export interface TextCosts {
  /** Tokens to a place where the text may end, and from there on; Infinity if none can be reached. */
  readonly tokens: Float64Array;
  /** The class of the next character; −1 where the text ends. */
  readonly next: Int32Array;
  /** Tokens of what follows a text, by its label. */
  readonly end: (label: number) => number;
}

/**
 * Measures an automaton: Dijkstra's algorithm from the states where a text may end. As characters cost few tokens, states wait in a
 * list for each cost.
 *
 * @param end what follows a text, by its label
 * @param budget a step is a transition
 */
export function* textCosts(
  { alphabet, table, labels }: Dfa,
  characters: CheapestCharacters,
  end: (label: number) => number,
  budget: Budget,
): Slices<TextCosts> {
  const { size } = alphabet;
  const count = labels.length;
  const tokens = new Float64Array(count).fill(Infinity);
  const next = new Int32Array(count).fill(NONE);
  const before: number[][] = Array.from({ length: count }, () => []);
  for (let at = 0; at < table.length; at++) {
    if (table[at] !== NONE && characters.costs[at % size]! < Infinity) before[table[at]!]!.push(at);
    if (at % SLICE === SLICE - 1) yield;
  }
  budget.spendSteps(table.length + count);
  const waiting = new Map<number, number[]>();
  const put = (state: number, cost: number, class_: number) => {
    if (cost >= tokens[state]!) return;
    tokens[state] = cost;
    next[state] = class_;
    const list = waiting.get(cost);
    if (list) list.push(state);
    else waiting.set(cost, [state]);
  };
  for (let state = 0; state < count; state++)
    if (labels[state] !== NONE) put(state, end(labels[state]!), NONE);
  while (waiting.size > 0) {
    const cost = Math.min(...waiting.keys());
    const list = waiting.get(cost)!;
    for (const state of list) {
      if (tokens[state] !== cost) continue;
      for (const at of before[state]!)
        put(Math.floor(at / size), cost + characters.costs[at % size]!, at % size);
    }
    waiting.delete(cost);
    yield;
  }
  return { tokens, next, end };
}

/** The shortest text from the first state on. */
export function shortestWord(
  { alphabet, start, table }: Dfa,
  { codes }: CheapestCharacters,
  { next }: TextCosts,
): string {
  const found: number[] = [];
  for (let state = start; next[state] !== NONE; ) {
    const class_ = next[state]!;
    found.push(codes[class_]!);
    state = table[state * alphabet.size + class_]!;
  }
  return found.map((code) => String.fromCodePoint(code)).join("");
}
