import type { Budget, Slices } from "@deepgrain/support";
import { type Alphabet, classesOf } from "./alphabet";
import { WORD } from "./code-points";
import { type Dfa, NONE, pruned } from "./dfa";
import { type Context, contexts, type Matcher } from "./matcher";
import type { Nfa } from "./nfa";
import { type Sides, SidesStore } from "./sides";
import { ThreadStore } from "./threads";

/** Transitions between two slices. */
const SLICE = 1024;

/** Which classes are of word characters, as `\b` has them. */
const wordClasses = (alphabet: Alphabet, hasBoundaries: boolean): Uint8Array =>
  hasBoundaries ? classesOf(alphabet, WORD) : new Uint8Array(alphabet.size);

/** The matchers of the look-aheads of an automaton, by their states. */
function* sidesOf(nfa: Nfa, budget: Budget): Slices<Map<number, Sides>> {
  const found = new Map<number, Sides>();
  for (const [at, state] of nfa.states.entries())
    if (state.kind === "ahead") {
      const matcher: Matcher = yield* matcherOf(state.part, budget);
      found.set(at, { id: found.size, matcher, isNegated: state.isNegated });
    }
  return found;
}

/**
 * The matcher of the texts that begin with one of an automaton's, by the construction of subsets. A thread that passed look-aheads
 * carries their matchers along, and is accepted where these agree.
 *
 * @param budget a step is a move of a thread
 * @see Rabin and Scott 1959, Finite automata and their decision problems, definition 11
 */
export function* matcherOf(nfa: Nfa, budget: Budget): Slices<Matcher> {
  const { alphabet } = nfa;
  const isWord = wordClasses(alphabet, nfa.hasBoundaries);
  const duties = new SidesStore(yield* sidesOf(nfa, budget), budget);
  const threads = new ThreadStore(nfa, duties, budget);
  const table: number[] = [];
  const labels: number[] = [];
  const starts = {} as Record<Context, number>;
  for (const context of contexts) {
    const isUsed = context === "start" || context === "other" || nfa.hasBoundaries;
    starts[context] = isUsed ? threads.begin(context) : NONE;
  }
  let count = 0;
  for (let state = 0; state < threads.count; state++) {
    labels.push(threads.accepts(state) ? 0 : NONE);
    for (let one = 0; one < alphabet.size; one++) {
      table.push(threads.after(state, one, isWord[one] === 1));
      if (++count % SLICE === 0) yield;
    }
  }
  const whole: Dfa = {
    alphabet,
    start: 0,
    table: Int32Array.from(table),
    labels: Int32Array.from(labels),
  };
  return withStarts(whole, starts, threads.all);
}

/** Prunes an automaton, and finds its other states again. */
function withStarts(whole: Dfa, starts: Record<Context, number>, all: number): Matcher {
  const { dfa, numbers } = pruned(whole);
  const numberOf = (state: number) => (state === NONE ? NONE : numbers[state]!);
  const { start, word, other } = starts;
  return {
    ...dfa,
    start: numberOf(start),
    starts: { start: numberOf(start), word: numberOf(word), other: numberOf(other) },
    all: numberOf(all),
  };
}
