import { takeTurn } from "@deepgrain/support";
import { having, LmError, optionsOf, refuseUnknown } from "../errors";
import { GenerationBatch } from "../inference/generation-batch";
import type { StopStrings } from "../inference/sequence";
import type { CausalLM } from "../model/causal-lm";
import type { AsyncLogitsProcessor, Sampler, TokenScore } from "./sample-token";
import type { StoppingCriterion, StopReason } from "./stopping";

/** Options of `generate`. */
export interface GenerateOptions {
  /** Default 20, as in Hugging Face. */
  maxNewTokens?: number | undefined;
  /** Applied to each row in order before sampling. */
  logitsProcessors?: readonly AsyncLogitsProcessor[] | undefined;
  /** Default: the largest logit. */
  sampler?: Sampler | undefined;
  /** End-of-text token. Default: from the configuration; null for none. */
  eosTokenId?: number | readonly number[] | null | undefined;
  /** [batch × length], 0 for masked tokens, such as padding on the left; default: none is masked. */
  attentionMask?: ArrayLike<number> | undefined;
  /** A row ends when its new text contains one of these. */
  stopStrings?: StopStrings | undefined;
  /** Additional stopping criteria. */
  stoppingCriteria?: readonly StoppingCriterion[] | undefined;
  /** Reports each token's log-probability under the model, and those of this many most likely tokens. Default: none. */
  logProbabilities?: number | undefined;
  /** Aborts between tokens; the signal's reason is thrown. */
  signal?: AbortSignal | undefined;
}

const NAMES: readonly (keyof GenerateOptions)[] = [
  "maxNewTokens",
  "logitsProcessors",
  "sampler",
  "eosTokenId",
  "attentionMask",
  "stopStrings",
  "stoppingCriteria",
  "logProbabilities",
  "signal",
];

/** One step: the new token of each row, null in rows that have ended. */
export interface TokenEvent {
  type: "token";
  step: number;
  ids: readonly (number | null)[];
  /** Why a row ended with this token, undefined if it continues or had already ended. */
  stopped: readonly (StopReason | undefined)[];
  /** Log-probabilities of the new tokens, if `logProbabilities` asked for them. */
  scores?: readonly (TokenScore | null)[] | undefined;
}

function checkPrompt(
  rows: readonly ArrayLike<number>[],
  maxNewTokens: number,
  { config: { maxPositionEmbeddings } }: CausalLM,
): number {
  const text = typeof rows === "string" ? rows : rows.find((row) => typeof row === "string");
  if (text !== undefined)
    throw new LmError(
      "ERR_ARGUMENT",
      `lm/generate: prompts must be lists of token ids, got "${text}"; encode text with a tokenizer first`,
    );
  const length = rows[0]?.length ?? 0;
  if (rows.length === 0 || length === 0)
    throw new LmError("ERR_SHAPE", "lm/generate: a prompt of at least one token is needed");
  if (rows.some((row) => row.length !== length))
    throw new LmError(
      "ERR_SHAPE",
      "lm/generate: rows must have one length; pad them on the left and pass attentionMask, or use generateBatch",
    );
  if (length + maxNewTokens > maxPositionEmbeddings)
    throw new LmError(
      "ERR_RANGE",
      `lm/generate: ${length} + ${maxNewTokens} tokens exceed the model's ${maxPositionEmbeddings} positions`,
      { fields: { length, maxNewTokens, maxPositionEmbeddings } },
    );
  return length;
}

/** Rows without the tokens that the mask hides. @throws {LmError} `ERR_SHAPE`, `ERR_RANGE` for a row that ends hidden */
function attended(
  rows: readonly ArrayLike<number>[],
  length: number,
  mask: ArrayLike<number> | undefined,
): number[][] {
  if (!mask) return rows.map((row) => Array.from(row));
  if (mask.length !== rows.length * length)
    throw new LmError(
      "ERR_SHAPE",
      `lm/generate: an attention mask of ${rows.length}×${length} is needed, got ${mask.length} numbers`,
    );
  return rows.map((row, i) => {
    if (!mask[(i + 1) * length - 1])
      throw new LmError("ERR_RANGE", `lm/generate: row ${i} ends with padding; pad on the left`, {
        fields: { row: i },
      });
    return Array.from(row).filter((_, place) => mask[i * length + place]);
  });
}

/**
 * Continues prompts token by token with a key-value cache.
 *
 * @param prompts token ids, of one length (pad on the left, with `attentionMask`; or see `generateBatch`)
 * @yields one `token` event per step
 * @returns the new tokens of each row, end token included
 * @throws {LmError} `ERR_ARGUMENT` for prompts of text; `ERR_SHAPE` for no or unequal prompts, `ERR_RANGE` past the model's positions
 */
export async function* generate(
  model: CausalLM,
  prompts: readonly ArrayLike<number>[],
  options: GenerateOptions = {},
): AsyncGenerator<TokenEvent, number[][]> {
  const {
    maxNewTokens = 20,
    logitsProcessors,
    sampler,
    eosTokenId,
    attentionMask,
    stopStrings,
    stoppingCriteria,
    logProbabilities,
    signal,
    ...rest
  } = optionsOf("generate", options);
  refuseUnknown("generate", rest, NAMES);
  having("generate", "model", model, "config", "forward");
  const settings = {
    maxNewTokens,
    logitsProcessors,
    sampler,
    eosTokenId,
    stopStrings,
    stoppingCriteria,
    logProbabilities,
  };
  const length = checkPrompt(prompts, maxNewTokens, model);
  const count = prompts.length;
  const batch = new GenerationBatch(model, {
    maxSequences: count,
    promptTokensPerStep: count * length,
    // All rows grow at the same rate, so long pages are used, which are read faster.
    pageTokens: Math.min(256, 4 * Math.ceil((length + maxNewTokens) / 4)),
  });
  const rows: number[][] = prompts.map(() => []);
  try {
    for (const prompt of attended(prompts, length, attentionMask))
      batch.add({ ...settings, prompt });
    for (let step = 0; step < maxNewTokens && !batch.isIdle; step++) {
      await takeTurn();
      signal?.throwIfAborted();
      const ids: (number | null)[] = Array(count).fill(null);
      const stopped: (StopReason | undefined)[] = Array(count).fill(undefined);
      const scores: (TokenScore | null)[] = Array(count).fill(null);
      for (const { request, id, count: made, stopped: reason, score } of await batch.step()) {
        rows[request]!.push(id);
        ids[request] = id;
        stopped[request] = reason === "length" && made >= maxNewTokens ? undefined : reason;
        scores[request] = score ?? null;
      }
      const told = logProbabilities === undefined ? {} : { scores };
      yield { type: "token", step, ids, stopped, ...told };
    }
    return rows;
  } finally {
    batch.dispose();
  }
}
