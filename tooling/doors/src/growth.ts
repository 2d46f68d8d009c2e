/** @file How the work of an order grows when its input doubles. */
import { budgets, errorClass } from "@deepgrain/support";
import type { Generator } from "./generator";
import { findingOf } from "./outcome";
import type { BlockCounter } from "./work";

/** Work may grow by this much when the input doubles: in proportion, and a logarithm. */
export const MOST_GROWTH = 2.5;

const codes = ["ERR_LIMIT", "ERR_RANGE", "ERR_ARGUMENT"] as const;

class CountingError extends errorClass("doors", codes, "CountingError") {}

const countingBudget = budgets(CountingError);

/** Work of one input, counted twice. */
export interface Counted {
  readonly blocks: number;
  /** Steps, bytes and entries of the budget; 0 for a reader without one. */
  readonly spent: number;
}

/** The work of an order at n, 2n and 4n. */
export async function growthOf(
  generator: Generator,
  order: (n: number) => unknown,
  counter: BlockCounter,
): Promise<Counted[]> {
  const { from = 256 } = generator;
  const counted: Counted[] = [];
  await findingOf(generator, order(from - 1)); // what is made once is made now; nothing that a cache could give again
  const inputs = [from, 2 * from, 4 * from].map((n) => [n, order(n)] as const);
  await counter.take();
  for (const [n, input] of inputs) {
    const budget = countingBudget(generator.door, undefined, {});
    const finding = await findingOf(generator, input, budget);
    const { blocks } = await counter.take();
    if (finding !== undefined) throw new Error(`${generator.door} at ${n}: ${finding}`);
    counted.push({ blocks, spent: budget.steps + budget.bytes + budget.entries });
  }
  return counted;
}

/** Complaints about doublings that cost too much. */
export const growthFaults = (name: string, counted: readonly Counted[]): string[] =>
  (["blocks", "spent"] as const).flatMap((kind) =>
    counted.slice(1).flatMap((after, i) => {
      const before = counted[i]!;
      if (after[kind] <= MOST_GROWTH * before[kind]) return [];
      const times = (after[kind] / before[kind]).toFixed(2);
      return [`${name}: ${kind} grow ${times} times (${before[kind]} to ${after[kind]})`];
    }),
  );
