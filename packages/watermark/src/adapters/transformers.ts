import type { Processor, ProcessorOptions } from "../core/processor";
import { having, optionsOf, refuseUnknown, WatermarkError } from "../errors";

/** The part of a transformers.js tensor that is used. */
export interface LogitsTensor {
  /** Float32Array of batch · vocabulary numbers, edited in place. */
  data: unknown;
  /** [batch, vocabulary]. */
  dims: readonly number[];
}

/** Edits the logits of a batch and returns them: one of transformers.js's processors. */
export type BatchProcessor = <T extends LogitsTensor>(
  inputIds: ArrayLike<ArrayLike<bigint | number>>,
  logits: T,
) => T;

/**
 * A mark as transformers.js takes it: a processor for a `LogitsProcessorList`, and itself a list that `generate` takes as
 * `logits_processor`.
 */
export interface TransformersMark extends BatchProcessor {
  _call: BatchProcessor;
  /** The mark, and what was added after it. */
  readonly processors: BatchProcessor[];
  /** Adds a processor, which runs after the mark. */
  push(processor: BatchProcessor): void;
  extend(processors: readonly BatchProcessor[]): void;
  [Symbol.iterator](): ArrayIterator<BatchProcessor>;
}

/** An object that creates processors: a `Watermark`. */
export interface ProcessorSource {
  createProcessor(options?: ProcessorOptions): Processor;
}

const rowsOf = (logits: LogitsTensor, batch: number): { data: Float32Array; width: number } => {
  const [rows, width] = logits.dims;
  const isFloat = logits.data instanceof Float32Array;
  if (!isFloat || logits.dims.length !== 2 || rows !== batch)
    throw new WatermarkError(
      "ERR_SHAPE",
      `forTransformers: wanted float32 logits of shape [${batch}, vocabulary], got [${logits.dims}]`,
      { fields: { needed: batch, got: rows } },
    );
  return { data: logits.data as Float32Array, width: width! };
};

/** The processors of transformers.js's list, in order. */
function listOf(mark: BatchProcessor): TransformersMark {
  const processors = [mark];
  const run: BatchProcessor = (inputIds, logits) =>
    processors.reduce((edited, processor) => processor(inputIds, edited), logits);
  return Object.assign(run, {
    _call: run,
    processors,
    push: (processor: BatchProcessor) => void processors.push(processor),
    extend: (more: readonly BatchProcessor[]) => void processors.push(...more),
    [Symbol.iterator]: () => processors.values(),
  });
}

/**
 * Adapts a mark to transformers.js: pass the result to `generate({ logits_processor: forTransformers(watermark) })`, or
 * push it to a `LogitsProcessorList`, after all others.
 * User processors run after the temperature and before top-k; set `top_k: 0` for EXP and SynthID-Text. Each row has its
 * own state: create a new adapter for each `generate` call, so that it knows where the prompt ends.
 *
 * @param source a watermark (one processor per row is created) or one processor, for a batch of one
 * @param options payload and prompt length, for a watermark
 * @returns a function of `input_ids` (bigint[][]) and logits that edits the logits and returns them; also a list of itself
 * @throws {WatermarkError} `ERR_ASYNC_PROXY` when the proxy is asynchronous, because transformers.js
 *   does not await processors; `ERR_SHAPE` for logits other than [batch, vocabulary] float32
 * @see `LogitsProcessorList` in @huggingface/transformers 4.3
 */
export function forTransformers(
  source: ProcessorSource | Processor,
  options: ProcessorOptions = {},
): TransformersMark {
  if (typeof source !== "function") having("forTransformers", "source", source, "createProcessor");
  const { payload, promptLength, maxTokens, ...rest } = optionsOf("forTransformers", options);
  refuseUnknown("forTransformers", rest);
  const make = () => {
    const processor =
      typeof source === "function"
        ? source
        : source.createProcessor({ payload, promptLength, maxTokens });
    if (processor.isAsync?.())
      throw new WatermarkError(
        "ERR_ASYNC_PROXY",
        "forTransformers: transformers.js does not await processors; use a synchronous proxy or createSampler",
      );
    return processor;
  };
  const processors = [make()];
  return listOf((inputIds, logits) => {
    const { data, width } = rowsOf(logits, inputIds.length);
    if (typeof source === "function" && inputIds.length > 1)
      throw new WatermarkError(
        "ERR_SHAPE",
        `forTransformers: one processor marks one row, got ${inputIds.length}; pass the watermark`,
        { fields: { needed: 1, got: inputIds.length } },
      );
    for (let row = 0; row < inputIds.length; row++) {
      processors[row] ??= make();
      processors[row]!(
        Array.from(inputIds[row]!, Number),
        data.subarray(row * width, (row + 1) * width),
      );
    }
    return logits;
  });
}
