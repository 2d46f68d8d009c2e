import {
  type Batcher,
  type BatcherRequest,
  type CausalLM,
  createBatcher,
  greedy,
  multinomial,
  type StopReason,
  stopAtStrings,
  type TokenScore,
} from "@deepgrain/lm";
import { type Completer, type Completion, type Prefix, promptText } from "../completers/completer";
import { having, optionsOf, real, refuseUnknown, whole } from "../errors";
import { seededRandom } from "../random/seeds";

/** Options of {@link batchCompleter}. */
export interface BatchCompleterOptions {
  readonly tokenizer: {
    encode(text: string, options?: { addSpecialTokens?: boolean | undefined }): number[];
    decode(ids: ArrayLike<number>, options?: { skipSpecialTokens?: boolean | undefined }): string;
  };
  /** Token that ends a completion. Default: the model's; null for none. */
  readonly eosTokenId?: number | readonly number[] | null | undefined;
  /** 0 takes the likeliest token. Default 1. */
  readonly temperature?: number | undefined;
  /** Tokens per completion. Default 256. */
  readonly maxTokens?: number | undefined;
  /** Maximum number of completions that advance together; further ones wait. Default 64. */
  readonly maxSequences?: number | undefined;
  /** Default: problem and steps, one per line. */
  readonly prompt?: ((prefix: Prefix) => string) | undefined;
}

/** Draws the tokens of each row from the row's own random numbers; at temperature 0 takes the likeliest. */
function rowSampler(seeds: readonly number[], temperature: number) {
  const randoms = seeds.map(seededRandom);
  if (temperature === 0) return greedy;
  return (logits: Float32Array, row: number) => {
    const scaled = temperature === 1 ? logits : logits.map((logit) => logit / temperature);
    return multinomial(scaled, randoms[row]!);
  };
}

/** The tokens of one row, and why it ended. */
interface Row {
  ids: number[];
  scores: TokenScore[];
  reason: StopReason;
}

/** All rows of a request. */
async function rowsOf(batcher: Batcher, request: BatcherRequest): Promise<Row[]> {
  const rows = Array.from(
    { length: request.samples ?? 1 },
    (): Row => ({ ids: [], scores: [], reason: "length" }),
  );
  for await (const event of batcher.generate(request)) {
    if (event.type === "token") {
      const row = rows[event.sample]!;
      row.ids.push(event.id);
      if (event.score) row.scores.push(event.score);
    } else if (event.type === "end") rows[event.sample]!.reason = event.reason;
  }
  return rows;
}

/**
 * A completer based on the batched generation of `@deepgrain/lm`: prefixes that are requested during generation join
 * the running batch, and the completions of one prefix share its keys and values. Each completion has its own random
 * numbers, from its seed. Sums over few rows are computed in a different order than those over many, so that in rare
 * cases a completion depends on the rest of the batch.
 *
 * @throws {PrmError} `ERR_RANGE` for options out of range; on a call `LmError` for a prefix that fills the context;
 *   the signal's reason
 */
export function batchCompleter(model: CausalLM, given: BatchCompleterOptions): Completer {
  const {
    tokenizer,
    eosTokenId,
    temperature = 1,
    maxTokens = 256,
    maxSequences = 64,
    prompt = promptText,
    ...rest
  } = optionsOf("batchCompleter", given);
  refuseUnknown("batchCompleter", rest);
  having("batchCompleter", "model", model, "config", "forward");
  whole("batchCompleter", "maxTokens", maxTokens, { min: 1 });
  whole("batchCompleter", "maxSequences", maxSequences, { min: 1 });
  real("batchCompleter", "temperature", temperature, { min: 0, max: 1e6 });
  const batcher = createBatcher(model, {
    maxSequences,
    queue: Number.MAX_SAFE_INTEGER,
    promptTokensPerStep: 2048,
  });
  const decode = (ids: ArrayLike<number>) => tokenizer.decode(ids, { skipSpecialTokens: true });
  return async (prefix, { seeds, stop = [], signal, ...options }) => {
    signal?.throwIfAborted();
    const ids = tokenizer.encode(prompt(prefix));
    const request = (own: readonly number[]): BatcherRequest => ({
      prompt: ids,
      samples: own.length,
      maxNewTokens: Math.min(options.maxTokens ?? maxTokens, maxTokens),
      eosTokenId,
      stoppingCriteria: stop.length > 0 ? [stopAtStrings(stop, decode, ids.length)] : undefined,
      sampler: rowSampler(own, temperature),
      logProbabilities: options.logProbabilities,
      signal,
    });
    const parts = Math.ceil(seeds.length / maxSequences);
    const requests = Array.from({ length: parts }, (_, part) =>
      rowsOf(batcher, request(seeds.slice(part * maxSequences, (part + 1) * maxSequences))),
    );
    const rows = (await Promise.all(requests)).flat();
    return rows.map((row): Completion => {
      const text = decode(row.ids);
      const cut = Math.min(...stop.map((each) => text.indexOf(each)).filter((at) => at >= 0));
      const tokens = row.scores.map(({ logProbability, top }, i) => ({
        text: decode([row.ids[i]!]),
        logProbability,
        top: top.map((other) => ({ ...other, text: decode([other.id]) })),
      }));
      const counts = {
        promptTokens: ids.length,
        completionTokens: row.ids.length,
        ...(options.logProbabilities !== undefined && { tokens }),
      };
      if (Number.isFinite(cut))
        return { text: text.slice(0, cut), finishReason: "stop", ...counts };
      return { text, finishReason: row.reason === "length" ? "length" : "end", ...counts };
    });
  };
}
