import { takeTurn } from "@deepgrain/support";
import { iterableOf, optionsOf, refuseUnknown, whole } from "./errors";

/** Options of {@link collect}. */
export interface CollectOptions {
  /** Stop after this many items, an integer of at least 0; default: all. */
  limit?: number | undefined;
  /** Stops the reading: the promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

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
  iterableOf("collect", "items", items);
  const { limit = Infinity, signal, ...rest } = optionsOf("collect", options);
  refuseUnknown("collect", rest);
  if (limit !== Infinity) whole("collect", "limit", limit, { min: 0 });
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
