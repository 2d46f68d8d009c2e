import { WatermarkError } from "../errors";

/** Counts steps of work as they are done, each of a few nanoseconds. @throws {WatermarkError} `ERR_RANGE` past the limit */
export type Spend = (steps: number) => void;

/** For work that is not limited. */
export const unlimited: Spend = () => {};

/** What `detect`, `decode` and `explain` may do by default: some seconds. */
export const defaultWorkLimit = 8e8;

/**
 * A budget for one call. Reading a payload can take 2^message_code_len steps per token, so that a short text with an
 * unfortunate profile would keep a process busy for hours; better to refuse it.
 */
export function workBudget(limit: number): Spend {
  if (!(limit > 0))
    throw new WatermarkError("ERR_RANGE", `detect: workLimit must be above 0, got ${limit}`, {
      fields: {
        got: limit,
      },
    });
  let spent = 0;
  return (steps) => {
    spent += steps;
    if (spent > limit)
      throw new WatermarkError(
        "ERR_RANGE",
        `detect: this profile needs more than ${limit} steps for this text: raise workLimit, pass fewer tokens or windows, or mark with a smaller message_code_len, code_symbols or random_permutation_num`,
        { fields: { limit, spent } },
      );
  };
}
