import { noGrad, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { LmError } from "../errors";
import type { CausalLM } from "../model/causal-lm";
import { KvCache } from "../model/kv-cache";
import { greedy } from "./samplers";

/** Edits one row of logits in place and returns it; `prepare` is awaited before, for processors that ask elsewhere. */
export interface LogitsProcessor {
  (inputIds: ArrayLike<number>, logits: Float32Array): Float32Array;
  prepare?: (inputIds: ArrayLike<number>) => Promise<void>;
}

/** The token to take, from one row of processed logits. */
export type Sampler = (logits: Float32Array) => number;

export interface GenerateOptions {
  /** Default 20, as in Hugging Face. */
  maxNewTokens?: number;
  /** Applied to each row in order before sampling. */
  logitsProcessors?: readonly LogitsProcessor[];
  /** Default: the largest logit. */
  sampler?: Sampler;
  /** Ends a row. Default: the configuration's; null for none. */
  eosTokenId?: number | readonly number[] | null;
  /** [batch × length], 0 for padding on the left; default: all count. */
  attentionMask?: ArrayLike<number>;
  /** Further reasons to end a row, asked with its new tokens. */
  stoppingCriteria?: readonly ((newIds: readonly number[]) => boolean)[];
  signal?: AbortSignal;
}

/** One step: the new token of each row, null in rows that have ended. */
export interface TokenEvent {
  type: "token";
  step: number;
  ids: readonly (number | null)[];
}

function checkPrompt(
  rows: readonly ArrayLike<number>[],
  maxNewTokens: number,
  model: CausalLM,
): { batch: number; length: number } {
  const length = rows[0]?.length ?? 0;
  if (rows.length === 0 || length === 0)
    throw new LmError("ERR_SHAPE", "lm/generate: a prompt of at least one token is needed");
  if (rows.some((row) => row.length !== length))
    throw new LmError(
      "ERR_SHAPE",
      "lm/generate: rows must have one length; pad them on the left and pass attentionMask",
    );
  const { maxPositionEmbeddings } = model.config;
  if (length + maxNewTokens > maxPositionEmbeddings)
    throw new LmError(
      "ERR_RANGE",
      `lm/generate: ${length} + ${maxNewTokens} tokens exceed the model's ${maxPositionEmbeddings} positions`,
      { length, maxNewTokens, maxPositionEmbeddings },
    );
  return { batch: rows.length, length };
}

/** Logits of the last place of each row, [batch, vocabulary]. */
function lastLogits(
  model: CausalLM,
  ids: ArrayLike<number>,
  batch: number,
  cache: KvCache,
  attentionMask: number[] | undefined,
): Tensor {
  return tidy(() =>
    noGrad(() => {
      const length = ids.length / batch;
      const hidden = model.hiddenStates(
        { ids, batch, length },
        { cache, ...(attentionMask ? { attentionMask } : {}) },
      );
      return model.head(hidden.narrow(1, length - 1, 1).squeeze(1));
    }),
  );
}

async function pick(
  logits: Float32Array,
  ids: ArrayLike<number>,
  processors: readonly LogitsProcessor[],
  sampler: Sampler,
): Promise<number> {
  let row = logits;
  for (const processor of processors) {
    await processor.prepare?.(ids);
    row = processor(ids, row);
  }
  return sampler(row);
}

const asList = (eos: number | readonly number[] | null): readonly number[] =>
  eos === null ? [] : typeof eos === "number" ? [eos] : eos;

/** Appends a column of ones to each row of a mask. */
const widen = (mask: number[], batch: number): number[] => {
  const width = mask.length / batch;
  return Array.from({ length: batch }, (_, row) => [
    ...mask.slice(row * width, (row + 1) * width),
    1,
  ]).flat();
};

/**
 * Continues prompts token by token with a key-value cache.
 *
 * @param rows prompts of one length (pad on the left, with `attentionMask`)
 * @yields one `token` event a step
 * @returns the new tokens of each row, end token included
 * @throws {LmError} `ERR_SHAPE` for no or unequal prompts, `ERR_RANGE` past the model's positions
 */
export async function* generate(
  model: CausalLM,
  rows: readonly ArrayLike<number>[],
  {
    maxNewTokens = 20,
    logitsProcessors = [],
    sampler = greedy,
    eosTokenId = model.config.eosTokenId,
    attentionMask,
    stoppingCriteria = [],
    signal,
  }: GenerateOptions = {},
): AsyncGenerator<TokenEvent, number[][]> {
  const { batch, length } = checkPrompt(rows, maxNewTokens, model);
  const eos = new Set(asList(eosTokenId));
  const all = rows.map((row) => Array.from(row));
  const fresh: number[][] = rows.map(() => []);
  const ended = rows.map(() => false);
  const cache = new KvCache(batch, length + maxNewTokens);
  const wasTraining = model.training;
  model.eval();
  let mask = attentionMask ? Array.from(attentionMask) : undefined;
  let input = all.flat();
  try {
    for (let step = 0; step < maxNewTokens && ended.includes(false); step++) {
      signal?.throwIfAborted();
      const logits = lastLogits(model, input, batch, cache, mask);
      const values = (await logits.data()) as Float32Array;
      const width = logits.shape[1]!;
      logits.dispose();
      const ids: (number | null)[] = [];
      for (let row = 0; row < batch; row++) {
        if (ended[row]) ids.push(null);
        else
          ids.push(
            await pick(
              values.subarray(row * width, (row + 1) * width),
              all[row]!,
              logitsProcessors,
              sampler,
            ),
          );
      }
      ids.forEach((id, row) => {
        if (id === null) return;
        all[row]!.push(id);
        fresh[row]!.push(id);
        ended[row] = eos.has(id) || stoppingCriteria.some((stop) => stop(fresh[row]!));
      });
      yield { type: "token", step, ids };
      input = ids.map((id, row) => id ?? all[row]!.at(-1)!);
      if (mask) mask = widen(mask, batch);
    }
    return fresh;
  } finally {
    cache.dispose();
    model.train(wasTraining);
  }
}
