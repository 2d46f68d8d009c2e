import { optionsOf, PrmError, refuseUnknown, whole } from "../errors";

/** Tokens spent so far. */
export interface TokenCounts {
  readonly requests: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Requests whose tokens no endpoint confirmed, or whose reported usage was none that they can have had. */
  readonly estimatedRequests: number;
  /** The part of these tokens that no endpoint confirmed: broken or unmetered answers, counted at their upper bound. */
  readonly unconfirmedTokens: number;
}

/** Counts tokens against a hard budget; share one between completers and scorers. */
export interface TokenLedger {
  /**
   * Reserves the maximum number of tokens that a request can use.
   * @throws {PrmError} `ERR_BUDGET` where that exceeds what is left; nothing is sent then
   */
  reserve(promptTokens: number, completionTokens: number): Reservation;
  counts(): TokenCounts;
  /** Tokens neither spent nor reserved. */
  remaining(): number;
}

/** Tokens reserved for one request. Exactly one of the methods is called, once. */
export interface Reservation {
  /** The endpoint reported the tokens used. */
  settle(promptTokens: number, completionTokens: number): void;
  /** The request may have run, but its usage is unknown: the whole reservation counts as spent. */
  settleUnknown(): void;
  /** Nothing was generated. */
  release(): void;
}

/** Options of {@link createTokenLedger}. */
export interface TokenLedgerOptions {
  /** Hard limit on prompt and completion tokens together. Default: none. */
  readonly maxTokens?: number | undefined;
  /** Tokens of the limit that earlier runs spent. Default 0. */
  readonly spentTokens?: number | undefined;
}

/**
 * A ledger that refuses a request before it is sent unless the budget covers the maximum that it can use.
 *
 * @throws {PrmError} `ERR_RANGE` for a limit that is not a whole number of at least 1
 */
export function createTokenLedger(options: TokenLedgerOptions = {}): TokenLedger {
  const { maxTokens, spentTokens = 0, ...rest } = optionsOf("createTokenLedger", options);
  refuseUnknown("createTokenLedger", rest);
  if (maxTokens !== undefined) whole("createTokenLedger", "maxTokens", maxTokens, { min: 1 });
  whole("createTokenLedger", "spentTokens", spentTokens, { min: 0 });
  const limit = maxTokens ?? Number.POSITIVE_INFINITY;
  const spent = {
    requests: 0,
    promptTokens: 0,
    completionTokens: 0,
    estimatedRequests: 0,
    unconfirmedTokens: 0,
  };
  let reserved = 0;
  const remaining = () =>
    limit - spentTokens - spent.promptTokens - spent.completionTokens - reserved;
  return {
    remaining,
    counts: () => ({ ...spent }),
    reserve(promptTokens, completionTokens) {
      const wanted = promptTokens + completionTokens;
      if (wanted > remaining())
        throw new PrmError(
          "ERR_BUDGET",
          `createTokenLedger: a request of up to ${wanted} tokens exceeds the ${remaining()} left of ${limit}`,
          { fields: { wanted, remaining: remaining(), maxTokens } },
        );
      reserved += wanted;
      const book = (prompt: number, completion: number, unconfirmed: number) => {
        reserved -= wanted;
        spent.requests++;
        spent.promptTokens += prompt;
        spent.completionTokens += completion;
        spent.unconfirmedTokens += unconfirmed;
      };
      return {
        settle: (prompt, completion) => book(prompt, completion, 0),
        settleUnknown() {
          spent.estimatedRequests++;
          book(promptTokens, completionTokens, wanted);
        },
        release() {
          reserved -= wanted;
        },
      };
    },
  };
}
