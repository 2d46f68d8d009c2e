import { WatermarkError } from "../errors";
import { checkLogits, checkTokens } from "./checked-inputs";
import type { Embedder } from "./scheme";

/**
 * Marks one row, one token at a time. Call it with all ids so far (prompt included) and the logits of the next token;
 * it edits the logits in place and returns them. It keeps no state that a new call could not rebuild, except the end of
 * the prompt: that is the length at the first call, or `promptLength`. Ids that do not continue those of the last call
 * start a new text: fewer of them, more than one new token, or another prompt.
 */
export interface Processor {
  /**
   * @param inputIds all ids so far, oldest first
   * @param logits shape [vocab_size]; minus infinity marks forbidden tokens, which stay forbidden
   * @returns `logits`
   * @throws {WatermarkError} `ERR_SHAPE`, `ERR_LOGITS` (NaN or +Infinity), `ERR_TOKEN`, and
   *   `ERR_ASYNC_PROXY` when the proxy is asynchronous and `prepare` was not awaited for these ids
   */
  (inputIds: ArrayLike<number>, logits: Float32Array): Float32Array;
  /** Fetches what the next call with the same ids needs. Present only when the scheme has a proxy. */
  prepare?(inputIds: ArrayLike<number>): Promise<void>;
  /** Whether `prepare` must be awaited before each call. Present only when the scheme has a proxy. */
  isAsync?(): boolean;
  /** Forgets where the prompt ended: call it before a new text. */
  reset(): void;
}

/** Options of `createProcessor`. */
export interface ProcessorOptions {
  /** The payload: zeros and ones, as many as the profile's `message_bits`. */
  payload?: ArrayLike<number> | undefined;
  /** Prompt tokens at the start of the ids. Default: the number of ids at the first call. */
  promptLength?: number | undefined;
  /** Tokens that will be generated; a payload that cannot fit is then refused at once. */
  maxTokens?: number | undefined;
}

/** Wraps a scheme's embedder with checks of the caller's input. */
export function makeProcessor(
  embedder: Embedder,
  vocabSize: number,
  promptLength: number | undefined,
): Processor {
  let start = promptLength;
  let lastLength = 0;
  let prompt: readonly number[] = [];
  const isNewText = (ids: ArrayLike<number>): boolean =>
    start === undefined ||
    ids.length < lastLength ||
    ids.length > lastLength + 1 ||
    prompt.some((id, i) => id !== ids[i]);
  const begin = (ids: ArrayLike<number>): number => {
    if (isNewText(ids)) {
      start = promptLength ?? ids.length;
      lastLength = 0;
      prompt = Array.prototype.slice.call(ids, 0, start);
    }
    if (start! > ids.length)
      throw new WatermarkError(
        "ERR_RANGE",
        `processor: promptLength is ${start}, got ${ids.length} ids`,
        { fields: { needed: start, got: ids.length } },
      );
    checkTokens(ids, vocabSize, lastLength);
    lastLength = ids.length;
    return start!;
  };
  const processor = (ids: ArrayLike<number>, logits: Float32Array) => {
    checkLogits(logits, vocabSize);
    embedder.edit(ids, begin(ids), logits);
    return logits;
  };
  const reset = () => {
    start = promptLength;
    lastLength = 0;
  };
  const { prepare, isAsync } = embedder;
  if (!prepare) return Object.assign(processor, { reset });
  return Object.assign(processor, {
    reset,
    ...(isAsync && { isAsync }),
    prepare: async (ids: ArrayLike<number>) => prepare(ids, begin(ids)),
  });
}
