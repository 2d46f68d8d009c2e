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
  /** Whether a text may go on, where automata that have failed are in no state. */
  readonly mayGoOn: (states: readonly number[]) => boolean;
  /** The label of a text that ends there. */
  readonly labelOf: (states: readonly number[]) => number;
  readonly length: Length;
}

const universal: Alphabet = alphabetOf([ALL]);

/** Tuples of states and a count, each once, by a number. */
class Tuples {
  private readonly numbers = new Map<number | string, number>();
  private readonly all: number[] = [];
  private readonly isNumber: boolean;

  /** @param sizes how many values each part has, from −1 on */
  constructor(private readonly sizes: readonly number[]) {
    let most = 1;
    for (const size of sizes) most *= size;
    this.isNumber = most <= Number.MAX_SAFE_INTEGER;
  }

  get count(): number {
    return this.numbers.size;
  }

  /** The part of a tuple. */
  at(number: number, part: number): number {
    return this.all[number * this.sizes.length + part]!;
  }

  number(tuple: readonly number[]): number {
    let key: number | string = 0;
    if (this.isNumber)
      for (let i = 0; i < tuple.length; i++) key = (key as number) * this.sizes[i]! + tuple[i]! + 1;
    else key = tuple.join();
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const made = this.numbers.size;
    this.numbers.set(key, made);
    for (const part of tuple) this.all.push(part);
    return made;
  }
}

/**
 * Automata that run side by side, with a count of characters.
 * @param budget a step is a transition of one of them
 */
function* product(parts: readonly Dfa[], rules: Rules, budget: Budget): Slices<Dfa> {
  const { min, max } = rules.length;
  const size = parts.length;
  const own = size > 0 ? commonAlphabet(parts.map(({ alphabet }) => alphabet)) : undefined;
  const alphabet = own?.alphabet ?? universal;
  budget.spendSteps(alphabet.cuts.length * (1 + size));
  const most = max === Infinity ? min : max; // characters that are counted
  const tuples = new Tuples([...parts.map(({ labels }) => labels.length + 1), most + 2]);
  const table: number[] = [];
  const labels: number[] = [];
  const from: number[] = [...parts.map((part) => part.start), 0];
  if (rules.mayGoOn(from)) tuples.number(from);
  const next: number[] = [...from];
  let visited = 0;
  for (let state = 0; state < tuples.count; state++) {
    for (let i = 0; i <= size; i++) from[i] = tuples.at(state, i);
    const count = from[size]!;
    labels.push(count < min ? NONE : rules.labelOf(from));
    budget.spendSteps(alphabet.size * (1 + size));
    next[size] = Math.min(count + 1, most);
    const isFull = count >= max;
    for (let one = 0; one < alphabet.size; one++) {
      if (++visited % SLICE === 0) yield;
      for (let i = 0; i < size; i++) {
        const part = parts[i]!;
        const at = from[i]!;
        const class_ = own!.parts[one * size + i]!;
        next[i] = at === NONE ? NONE : part.table[at * part.alphabet.size + class_]!;
      }
      table.push(!isFull && rules.mayGoOn(next) ? tuples.number(next) : NONE);
    }
  }
  const start = tuples.count > 0 ? 0 : NONE;
  const whole = { alphabet, start, table: Int32Array.from(table), labels: Int32Array.from(labels) };
  return pruned(whole).dfa;
}

/** The texts of a length that all automata accept. */
export const intersection = (parts: readonly Dfa[], length: Length, budget: Budget): Slices<Dfa> =>
  product(
    parts,
    {
      mayGoOn: (states) => !parts.some((_, i) => states[i] === NONE),
      labelOf: (states) => (parts.every((part, i) => part.labels[states[i]!] !== NONE) ? 0 : NONE),
      length,
    },
    budget,
  );

/** The texts that one of some automata accepts. */
export const union = (parts: readonly Dfa[], budget: Budget): Slices<Dfa> =>
  product(
    parts,
    {
      mayGoOn: (states) => parts.some((_, i) => states[i] !== NONE),
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
