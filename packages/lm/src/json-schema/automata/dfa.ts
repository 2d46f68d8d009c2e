import { type Alphabet, classOf } from "./alphabet";

/** No state. */
export const NONE = -1;

/** A deterministic automaton over code points. From each of its states a text that it accepts can be reached. */
export interface Dfa {
  readonly alphabet: Alphabet;
  /** −1 if it accepts nothing. */
  readonly start: number;
  /** The state after a character of each class, [states × classes]; −1 if no accepted text goes on so. */
  readonly table: Int32Array;
  /** The label of the texts that end in each state, from 0; −1 where none may end. */
  readonly labels: Int32Array;
}

/** The state after a code point. */
export const nextState = ({ alphabet, table }: Dfa, state: number, code: number): number =>
  table[state * alphabet.size + classOf(alphabet, code)]!;

/** The label of a text; −1 if it is not accepted. Surrogates that have no partner are accepted nowhere. */
export function labelOf(dfa: Dfa, text: string): number {
  let state = dfa.start;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (state === NONE || (code >= 0xd800 && code < 0xe000)) return NONE;
    state = nextState(dfa, state, code);
  }
  return state === NONE ? NONE : dfa.labels[state]!;
}

/** Leaves the states from which a text that is accepted can be reached. */
export function pruned({ alphabet, start, table, labels }: Dfa): {
  dfa: Dfa;
  /** The number that each state has now; −1 if it is gone. */
  numbers: Int32Array;
} {
  const { size } = alphabet;
  const count = labels.length;
  const before: number[][] = Array.from({ length: count }, () => []);
  for (let state = 0; state < count; state++)
    for (let at = 0; at < size; at++) {
      const next = table[state * size + at]!;
      if (next !== NONE && before[next]!.at(-1) !== state) before[next]!.push(state);
    }
  const isLive = new Uint8Array(count);
  const open = Array.from(labels.keys()).filter((state) => labels[state] !== NONE);
  for (const state of open) isLive[state] = 1;
  for (let state = open.pop(); state !== undefined; state = open.pop())
    for (const one of before[state]!) {
      if (isLive[one]) continue;
      isLive[one] = 1;
      open.push(one);
    }
  const numbers = new Int32Array(count).fill(NONE);
  let live = 0;
  for (let state = 0; state < count; state++) if (isLive[state]) numbers[state] = live++;
  const kept = new Int32Array(live * size);
  const keptLabels = new Int32Array(live);
  for (let state = 0; state < count; state++) {
    const number = numbers[state]!;
    if (number === NONE) continue;
    keptLabels[number] = labels[state]!;
    for (let at = 0; at < size; at++) {
      const next = table[state * size + at]!;
      kept[number * size + at] = next === NONE ? NONE : numbers[next]!;
    }
  }
  const first = start === NONE ? NONE : numbers[start]!;
  return { dfa: { alphabet, start: first, table: kept, labels: keptLabels }, numbers };
}
