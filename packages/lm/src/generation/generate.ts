import { noGrad, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { LmError } from "../errors";
import type { CausalLM } from "../model/causal-lm";
import { KvCache } from "../model/kv-cache";
import type { LogitsProcessor } from "./logits-processor";
import { greedy } from "./sampling";
import { type StoppingCriterion, type StopReason, stopAtTokens } from "./stopping";

/** A processor that may have to ask elsewhere first: `prepare` is awaited before each call. */
export type AsyncLogitsProcessor = LogitsProcessor & {
  prepare?: (inputIds: ArrayLike<number>) => Promise<void>;
};

/** The token to take, from one row of processed logits. */
export type Sampler = (logits: Float32Array) => number;

/** Options of `generate`. */
export interface GenerateOptions {
  /** Default 20, as in Hugging Face. */
  maxNewTokens?: number;
  /** Applied to each row in order before sampling. */
  logitsProcessors?: readonly AsyncLogitsProcessor[];
  /** Default: the largest logit. */
  sampler?: Sampler;
  /** Ends a row. Default: the configuration's; null for none. */
  eosTokenId?: number | readonly number[] | null;
  /** [batch × length], 0 for padding on the left; default: all count. */
  attentionMask?: ArrayLike<number>;
  /** Further reasons to end a row. */
  stoppingCriteria?: readonly StoppingCriterion[];
  /** Aborts between tokens; the signal's reason is thrown. */
  signal?: AbortSignal;
}

/** One step: the new token of each row, null in rows that have ended. */
export interface TokenEvent {
  type: "token";
  step: number;
  ids: readonly (number | null)[];
  /** Why a row ended with this token, undefined where it goes on or has ended before. */
  stopped: readonly (StopReason | undefined)[];
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
  processors: readonly AsyncLogitsProcessor[],
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

/** One row of a batch while it is being continued. */
interface Row {
  /** Prompt and new tokens. */
  all: number[];
  fresh: number[];
  stopped: StopReason | undefined;
}

/** Takes the row's next token, or null when it has ended. */
async function advance(
  row: Row,
  logits: Float32Array,
  { logitsProcessors = [], sampler = greedy }: GenerateOptions,
  stops: readonly StoppingCriterion[],
): Promise<number | null> {
  if (row.stopped) return null;
  const id = await pick(logits, row.all, logitsProcessors, sampler);
  row.all.push(id);
  row.fresh.push(id);
  for (const stop of stops) row.stopped ??= stop(row.all);
  return id;
}

/**
 * Continues prompts token by token with a key-value cache.
 *
 * @param prompts token ids, of one length (pad on the left, with `attentionMask`)
 * @yields one `token` event per step
 * @returns the new tokens of each row, end token included
 * @throws {LmError} `ERR_SHAPE` for no or unequal prompts, `ERR_RANGE` past the model's positions
 */
export async function* generate(
  model: CausalLM,
  prompts: readonly ArrayLike<number>[],
  options: GenerateOptions = {},
): AsyncGenerator<TokenEvent, number[][]> {
  const {
    maxNewTokens = 20,
    eosTokenId = model.config.eosTokenId,
    attentionMask,
    signal,
  } = options;
  const { batch, length } = checkPrompt(prompts, maxNewTokens, model);
  const stops = [stopAtTokens(asList(eosTokenId)), ...(options.stoppingCriteria ?? [])];
  const rows: Row[] = prompts.map((prompt) => ({
    all: Array.from(prompt),
    fresh: [],
    stopped: undefined,
  }));
  const cache = new KvCache(batch, length + maxNewTokens);
  const wasTraining = model.training;
  let mask = attentionMask ? Array.from(attentionMask) : undefined;
  let input = rows.flatMap(({ all }) => all);
  try {
    for (let step = 0; step < maxNewTokens && rows.some(({ stopped }) => !stopped); step++) {
      signal?.throwIfAborted();
      model.eval();
      const logits = lastLogits(model, input, batch, cache, mask);
      const values = (await logits.data()) as Float32Array;
      const width = logits.shape[1]!;
      logits.dispose();
      const before = rows.map(({ stopped }) => stopped);
      const ids: (number | null)[] = [];
      for (const [i, row] of rows.entries())
        ids.push(await advance(row, values.subarray(i * width, (i + 1) * width), options, stops));
      yield {
        type: "token",
        step,
        ids,
        stopped: rows.map(({ stopped }, i) => (before[i] ? undefined : stopped)),
      };
      // A row that has ended repeats its last token; nobody looks at the result.
      input = rows.map(({ all }) => all.at(-1)!);
      if (mask) mask = widen(mask, batch);
    }
    return rows.map(({ fresh }) => fresh);
  } finally {
    cache.dispose();
    model.train(wasTraining);
  }
}
