import { type OptionNames, takeTurn } from "@deepgrain/support";
import { DatasetsError } from "./errors";
import { knownOptions } from "./known-options";

/** Options of {@link collect}. */
export interface CollectOptions {
  /** Stop after this many items, an integer of at least 0; default: all. */
  limit?: number;
  /** Stops the reading: the promise rejects with the signal's reason. */
  signal?: AbortSignal;
}

const collectOptionNames: OptionNames<CollectOptions> = {
  limit: true,
  signal: true,
};

/**
 * Returns the items of an asynchronous iterable as an array. With a `limit`, the source is closed once enough items are
 * read, so the rest is never loaded.
 *
 * @throws {DatasetsError} `ERR_RANGE` when `limit` is not an integer of at least 0
 */
export async function collect<T>(
  items: AsyncIterable<T> | Iterable<T>,
  options: CollectOptions = {},
): Promise<T[]> {
  const { limit = Number.POSITIVE_INFINITY, signal } = knownOptions(
    "collect",
    options,
    collectOptionNames,
  );
  if (!(limit >= 0) || (Number.isFinite(limit) && !Number.isInteger(limit)))
    throw new DatasetsError(
      "ERR_RANGE",
      `datasets/collect: limit must be an integer of at least 0, got ${limit}`,
      { fields: { limit } },
    );
  signal?.throwIfAborted();
  const collected: T[] = [];
  if (limit === 0) return collected;
  for await (const item of items) {
    await takeTurn();
    signal?.throwIfAborted();
    collected.push(item);
    if (collected.length >= limit) break;
  }
  return collected;
}
