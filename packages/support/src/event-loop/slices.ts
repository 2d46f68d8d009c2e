/**
 * Work in slices: a generator that yields wherever other work may come between. One function so serves callers that wait in
 * place and callers that let others go first, with one result.
 */
export type Slices<Result> = Generator<undefined, Result, undefined>;

/** The result of work that is done in one piece. */
export function atOnce<Result>(work: Slices<Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/**
 * The result of work that lets others go first.
 * @param turn called after each slice, such as `turn` of a budget; what it throws ends the work
 */
export async function inSlices<Result>(
  work: Slices<Result>,
  turn: () => Promise<void> | undefined,
): Promise<Result> {
  try {
    for (;;) {
      const { done, value } = work.next();
      if (done) return value;
      const due = turn();
      if (due) await due; // a turn is due rarely, and each await would cost a microtask
    }
  } finally {
    work.return(undefined as never);
  }
}
