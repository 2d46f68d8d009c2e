import type { Budget, Slices } from "@deepgrain/support";
import { commonAlphabet } from "./alphabet";
import { type Dfa, NONE, pruned } from "./dfa";

/** Transitions between two slices. */
const SLICE = 256;

/** The state of one automaton, and those of the others that have not failed, by their numbers. */
interface Tuple {
  readonly state: number;
  readonly others: readonly (readonly [part: number, state: number])[];
}

const keyOf = ({ state, others }: Tuple) => `${state} ${others.join(" ")}`;

/**
 * The texts that one automaton accepts, each labelled by which of some others accept it. Automata that have failed cost nothing, so
 * that many that exclude each other soon cost little more than one.
 *
 * @param labelFor the label of a set of them, in ascending order; −1 for texts that are not accepted
 * @param budget a step is a transition of an automaton
 */
export function* labelled(
  whole: Dfa,
  others: readonly Dfa[],
  labelFor: (accepting: readonly number[]) => number,
  budget: Budget,
): Slices<Dfa> {
  const all = [...others, whole];
  const { alphabet, parts } = commonAlphabet(all.map((one) => one.alphabet));
  budget.spendSteps(alphabet.cuts.length * all.length);
  const known = new Map<string, number>();
  const tuples: Tuple[] = [];
  const numberOf = (tuple: Tuple): number => {
    const key = keyOf(tuple);
    const number = known.get(key);
    if (number !== undefined) return number;
    known.set(key, tuples.length);
    return tuples.push(tuple) - 1;
  };
  const after = (part: number, state: number, character: number): number => {
    const { table, alphabet: own } = all[part]!;
    return table[state * own.size + parts[character * all.length + part]!]!;
  };
  const begun = others.flatMap(({ start }, i) => (start === NONE ? [] : [[i, start] as const]));
  if (whole.start !== NONE) numberOf({ state: whole.start, others: begun });
  const table: number[] = [];
  const labels: number[] = [];
  let visited = 0;
  for (const tuple of tuples) {
    const accepting = tuple.others.filter(([i, state]) => others[i]!.labels[state] !== NONE);
    const isAccepted = whole.labels[tuple.state] !== NONE;
    labels.push(isAccepted ? labelFor(accepting.map(([i]) => i)) : NONE);
    for (let one = 0; one < alphabet.size; one++) {
      if (++visited % SLICE === 0) yield;
      budget.spendSteps(1 + tuple.others.length);
      const state = after(others.length, tuple.state, one);
      if (state === NONE) {
        table.push(NONE);
        continue;
      }
      const alive: [number, number][] = [];
      for (const [i, from] of tuple.others) {
        const to = after(i, from, one);
        if (to !== NONE) alive.push([i, to]);
      }
      table.push(numberOf({ state, others: alive }));
    }
  }
  const start = tuples.length > 0 ? 0 : NONE;
  return pruned({ alphabet, start, table: Int32Array.from(table), labels: Int32Array.from(labels) })
    .dfa;
}
