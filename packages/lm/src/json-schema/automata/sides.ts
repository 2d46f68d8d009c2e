import type { Budget } from "@deepgrain/support";
import { NONE } from "./dfa";
import type { Context, Matcher } from "./matcher";

/** The matcher of a look-ahead. */
export interface Sides {
  readonly id: number;
  readonly matcher: Matcher;
  readonly isNegated: boolean;
}

/** No look-ahead is pending. */
export const NO_DUTIES = 0;

/** One look-ahead that a thread has passed, and the state of its matcher. */
interface Duty {
  readonly side: Sides;
  readonly state: number;
}

/** Sets of look-aheads that are pending, each once, by a number. */
export class SidesStore {
  private readonly sets: (readonly Duty[])[] = [[]];
  private readonly known = new Map<string, number>([["", NO_DUTIES]]);
  /** Where each set leads to by each class of characters, as far as it is known. */
  private readonly moves: number[][] = [];

  /** @param budget a step is a fourth of what a look-ahead that is pending costs when it moves */
  constructor(
    private readonly sides: ReadonlyMap<number, Sides>,
    private readonly budget: Budget,
  ) {}

  private number(duties: readonly Duty[]): number {
    const sorted = [...duties].sort((a, b) => a.side.id - b.side.id || a.state - b.state);
    const key = sorted.map(({ side, state }) => `${side.id}:${state}`).join();
    const known = this.known.get(key) ?? this.sets.length;
    if (known === this.sets.length) this.sets.push(sorted);
    this.known.set(key, known);
    return known;
  }

  /** The number of the look-aheads that are pending in the states of some matchers; −1 where one has failed. */
  private settle(duties: readonly Duty[]): number {
    this.budget.spendSteps(4 * duties.length);
    const pending = new Map<string, Duty>();
    for (const { side, state } of duties) {
      const isFailed = state === NONE;
      const isCertain = !isFailed && state === side.matcher.all;
      if (side.isNegated ? isCertain : isFailed) return NONE;
      if (side.isNegated ? isFailed : isCertain) continue;
      pending.set(`${side.id}:${state}`, { side, state });
    }
    return this.number([...pending.values()]);
  }

  /** The number of what is pending after a look-ahead of the automaton, at one of its states. */
  with(duties: number, state: number, context: Context): number {
    const side = this.sides.get(state)!;
    return this.settle([...this.sets[duties]!, { side, state: side.matcher.starts[context] }]);
  }

  /** The number of what is pending after a character; −1 where a look-ahead has failed. */
  after(duties: number, character: number): number {
    if (duties === NO_DUTIES) return NO_DUTIES;
    const known = this.moves[duties]?.[character];
    if (known !== undefined) return known;
    const moved = this.sets[duties]!.map(({ side, state }) => {
      const { matcher } = side;
      return { side, state: matcher.table[state * matcher.alphabet.size + character]! };
    });
    const next = this.settle(moved);
    this.moves[duties] ??= [];
    this.moves[duties][character] = next;
    return next;
  }

  /** Whether all agree that the text ends. */
  accepts(duties: number): boolean {
    return this.sets[duties]!.every(
      ({ side, state }) => (side.matcher.labels[state] !== NONE) !== side.isNegated,
    );
  }
}
