import { type Failure, failures, type Operation } from "@deepgrain/vitest/failing-disk";

/** Operations that fail one by one, at most; of more, the first, middle and last of each place in the code. */
const MOST = 60;

/** A fault of one run. */
export interface Fault {
  /** The operation that fails, from 1. */
  at: number;
  failure: Failure;
}

/** The numbers of the first, the middle and the last operation of each place; places take turns until the limit is reached. */
function ofEachPlace(operations: readonly Operation[]): number[] {
  const places = new Map<string, number[]>();
  for (const [i, { name, place }] of operations.entries()) {
    const key = `${name} ${place}`;
    places.set(key, [...(places.get(key) ?? []), i + 1]);
  }
  const chosen = new Set<number>();
  for (const pick of [0, 0.5, 1])
    for (const all of places.values())
      if (chosen.size < MOST) chosen.add(all[Math.floor(pick * (all.length - 1))]!);
  return [...chosen].sort((a, b) => a - b);
}

/** The faults of a way of writing, each with the next of the ways to fail. */
export function faultsOf(operations: readonly Operation[]): Fault[] {
  const all = operations.map((_, i) => i + 1);
  const chosen = all.length > MOST ? ofEachPlace(operations) : all;
  return chosen.map((at, i) => ({ at, failure: failures[i % failures.length]! }));
}
