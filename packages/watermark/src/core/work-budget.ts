import { WatermarkError } from "../errors";

/** Counts steps of work, each of a few nanoseconds. @throws {WatermarkError} `ERR_RANGE` beyond the limit */
export type Spend = (steps: number) => void;

/** A budget without a limit. */
export const unlimited: Spend = () => {};

/** The default limit of `detect`, `decode` and `explain`: some seconds. */
export const defaultWorkLimit = 8e8;

/**
 * A budget for one call. Reading a payload can take 2^message_code_len steps per token, so a short text with an
 * unfavourable profile could occupy a process for hours. Such a call is refused instead.
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
