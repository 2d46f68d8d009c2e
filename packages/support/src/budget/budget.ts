import type { ErrorClass } from "../errors/error-class";
import { takeTurn } from "../event-loop/take-turn";
import { guards } from "../guards/guards";

/** Limits of the work that one input may make; what is left out has the reader's own limit. */
export interface BudgetLimits {
  /** Steps of the reader, counted where they arise: what a step is, the reader says. */
  readonly steps?: number | undefined;
  /** Bytes, or characters of a text. */
  readonly bytes?: number | undefined;
  /** Parts that the input lists: entries, keys, branches. */
  readonly entries?: number | undefined;
}

/** A kind of work. */
export type BudgetKind = keyof BudgetLimits;

/** Work that is counted against limits. The counts stay readable when a limit has been passed. */
export interface Budget {
  /** The function that reads, as its users call it. */
  readonly door: string;
  /** Infinity where there is no limit. */
  readonly limits: Readonly<Record<BudgetKind, number>>;
  /** Spent so far. */
  readonly steps: number;
  readonly bytes: number;
  readonly entries: number;
  /** Each throws the package's error, code `ERR_LIMIT`, when more than the limit has been spent, then and ever after. */
  spendSteps(count: number): void;
  spendBytes(count: number): void;
  spendEntries(count: number): void;
  /**
   * Gives the event loop a turn when one is due (`takeTurn`); await it between steps.
   * @throws the signal's reason once it aborts
   */
  turn(signal?: AbortSignal | undefined): Promise<void> | undefined;
}

const kinds = ["steps", "bytes", "entries"] as const satisfies readonly BudgetKind[];

/** Throws the error of a limit that was passed. */
type Refuse = (budget: Budget, kind: BudgetKind) => never;

class CountedWork implements Budget {
  steps = 0;
  bytes = 0;
  entries = 0;
  private readonly mostSteps: number;
  private readonly mostBytes: number;
  private readonly mostEntries: number;

  constructor(
    readonly door: string,
    readonly limits: Budget["limits"],
    private readonly refuse: Refuse,
  ) {
    this.mostSteps = limits.steps;
    this.mostBytes = limits.bytes;
    this.mostEntries = limits.entries;
  }

  spendSteps(count: number): void {
    this.steps += count;
    if (this.steps > this.mostSteps) this.refuse(this, "steps");
  }

  spendBytes(count: number): void {
    this.bytes += count;
    if (this.bytes > this.mostBytes) this.refuse(this, "bytes");
  }

  spendEntries(count: number): void {
    this.entries += count;
    if (this.entries > this.mostEntries) this.refuse(this, "entries");
  }

  turn(signal?: AbortSignal | undefined): Promise<void> | undefined {
    signal?.throwIfAborted();
    return takeTurn()?.then(() => signal?.throwIfAborted());
  }
}

const isBudget = (given: BudgetLimits | Budget): given is Budget =>
  typeof (given as { spendSteps?: unknown }).spendSteps === "function";

/**
 * Makes the function that starts a reader's budget; each package has one, beside its guards.
 *
 * `budgetOf(door, given, defaults)`: `door` is the function as its users call it, `given` what they passed: limits of
 * their own, or a budget that several readers share, which is returned as it is. A kind that neither `given` nor `defaults`
 * limits is only counted.
 *
 * @param Own the package's error class, with the codes `ERR_LIMIT` (fields `door`, `kind`, `limit`), `ERR_RANGE` for a limit that
 *   is no whole number of at least 1, and `ERR_ARGUMENT` for an unknown kind
 */
export function budgets<Code extends string>(Own: ErrorClass<Code>) {
  const { fail, optionsOf, refuseUnknown, whole } = guards(Own);
  const refuse: Refuse = ({ door, limits }, kind) => {
    const limit = limits[kind];
    const takes = kind === "steps" ? "takes" : "has";
    return fail(
      "ERR_LIMIT" as Code,
      `${door}: the input ${takes} more than ${limit} ${kind}, the limit of budget.${kind}`,
      { door, kind, limit },
    );
  };
  return (
    door: string,
    given: BudgetLimits | Budget | undefined,
    defaults: BudgetLimits,
  ): Budget => {
    if (given !== undefined && isBudget(optionsOf(door, given))) return given as Budget;
    const { steps, bytes, entries, ...rest } = given ?? {};
    refuseUnknown(door, rest as Record<string, never>, kinds);
    const own = { steps, bytes, entries };
    const limits = { steps: Infinity, bytes: Infinity, entries: Infinity };
    for (const kind of kinds) {
      const limit = own[kind] ?? defaults[kind];
      if (limit !== undefined) limits[kind] = whole(door, `budget.${kind}`, limit, { min: 1 });
    }
    return new CountedWork(door, limits, refuse);
  };
}
