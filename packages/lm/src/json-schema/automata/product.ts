import type { Budget, Slices } from "@deepgrain/support";
import { type Alphabet, alphabetOf, commonAlphabet } from "./alphabet";
import { ALL } from "./code-points";
import { type Dfa, NONE, pruned } from "./dfa";

/** Transitions between two slices. */
const SLICE = 1024;

/** How many characters a text may have. */
export interface Length {
  readonly min: number;
  /** Infinity without a bound. */
  readonly max: number;
}

/** Rules of a product of automata. */
interface Rules {
  /** Whether a text may go on where some automata have failed. */
  readonly mayFail: (states: readonly number[]) => boolean;
  /** The label of a text that ends there. */
  readonly labelOf: (states: readonly number[]) => number;
  readonly length: Length;
}

const universal: Alphabet = alphabetOf([ALL]);

/**
 * Automata that run side by side, with a count of characters.
 * @param budget a step is a transition of one of them
 */
function* product(parts: readonly Dfa[], rules: Rules, budget: Budget): Slices<Dfa> {
  const { min, max } = rules.length;
  const own = parts.length > 0 ? commonAlphabet(parts.map(({ alphabet }) => alphabet)) : undefined;
  const alphabet = own?.alphabet ?? universal;
  budget.spendSteps(alphabet.cuts.length * (1 + parts.length));
  const known = new Map<string, number>();
  const states: number[][] = []; // of the parts, and the count
  const number = (next: number[]): number => {
    const key = next.join();
    const at = known.get(key);
    if (at !== undefined) return at;
    known.set(key, states.length);
    return states.push(next) - 1;
  };
  const start = [...parts.map((part) => part.start), 0];
  const table: number[] = [];
  const labels: number[] = [];
  if (rules.mayFail(start)) number(start);
  let visited = 0;
  for (let state = 0; state < states.length; state++) {
    const from = states[state]!;
    const count = from[parts.length]!;
    labels.push(count < min ? NONE : rules.labelOf(from));
    budget.spendSteps(alphabet.size * (1 + parts.length));
    for (let one = 0; one < alphabet.size; one++) {
      if (++visited % SLICE === 0) yield;
      const next = parts.map((part, i) => {
        const at = from[i]!;
        const class_ = own!.parts[one * parts.length + i]!;
        return at === NONE ? NONE : part.table[at * part.alphabet.size + class_]!;
      });
      next.push(max === Infinity ? Math.min(count + 1, min) : count + 1);
      table.push(count < max && rules.mayFail(next) ? number(next) : NONE);
    }
  }
  const whole = {
    alphabet,
    start: 0,
    table: Int32Array.from(table),
    labels: Int32Array.from(labels),
  };
  return pruned(states.length > 0 ? whole : { ...whole, start: NONE }).dfa;
}

/** The texts of a length that all automata accept. */
export const intersection = (parts: readonly Dfa[], length: Length, budget: Budget): Slices<Dfa> =>
  product(
    parts,
    {
      mayFail: (states) => !parts.some((_, i) => states[i] === NONE),
      labelOf: (states) => (parts.every((part, i) => part.labels[states[i]!] !== NONE) ? 0 : NONE),
      length,
    },
    budget,
  );

/**
 * The texts that one automaton accepts, each labelled by which of some others accept it.
 * @param labelFor the label of a set of them, in ascending order; −1 for texts that are not accepted
 */
export function labelled(
  whole: Dfa,
  others: readonly Dfa[],
  labelFor: (accepting: readonly number[]) => number,
  budget: Budget,
): Slices<Dfa> {
  const last = others.length; // the place of `whole`
  return product(
    [...others, whole],
    {
      mayFail: (states) => states[last] !== NONE,
      labelOf: (states) => {
        if (whole.labels[states[last]!] === NONE) return NONE;
        const accepting = others.flatMap((part, i) =>
          states[i] !== NONE && part.labels[states[i]!] !== NONE ? [i] : [],
        );
        return labelFor(accepting);
      },
      length: { min: 0, max: Infinity },
    },
    budget,
  );
}

/** The texts that one of some automata accepts. */
export const union = (parts: readonly Dfa[], budget: Budget): Slices<Dfa> =>
  product(
    parts,
    {
      mayFail: (states) => parts.some((_, i) => states[i] !== NONE),
      labelOf: (states) =>
        parts.some((part, i) => states[i] !== NONE && part.labels[states[i]!] !== NONE) ? 0 : NONE,
      length: { min: 0, max: Infinity },
    },
    budget,
  );

/** Every text. */
export const EVERY_TEXT: Dfa = {
  alphabet: universal,
  start: 0,
  table: Int32Array.of(0),
  labels: Int32Array.of(0),
};
