import { type CausalLM, multinomial } from "@deepgrain/lm";
import { type Completer, type Completion, type Prefix, promptText } from "../completers/completer";
import { optionsOf, real, refuseUnknown, whole } from "../errors";
import { seededRandom } from "../random/seeds";
import { type BatchRow, sharedBatch } from "./shared-batch";

/** Options of {@link batchCompleter}. */
export interface BatchCompleterOptions {
  readonly tokenizer: {
    encode(text: string, options?: { addSpecialTokens?: boolean | undefined }): number[];
    decode(ids: ArrayLike<number>, options?: { skipSpecialTokens?: boolean | undefined }): string;
  };
  /** Token that ends a completion. Default: the model's; null for none. */
  readonly eosTokenId?: number | readonly number[] | null | undefined;
  /** Above 0. Default 1. */
  readonly temperature?: number | undefined;
  /** Tokens per completion. Default 256. */
  readonly maxTokens?: number | undefined;
  /** Maximum number of completions that advance together; further ones wait. Default 64. */
  readonly maxSequences?: number | undefined;
  /** Default: problem and steps, one per line. */
  readonly prompt?: ((prefix: Prefix) => string) | undefined;
}

/** Draws one token per unfinished row, in order, from the row's own random numbers. */
function rowSampler(rows: readonly BatchRow[], seeds: readonly number[], temperature: number) {
  const randoms = seeds.map(seededRandom);
  let alive: number[] = []; // Rows that get a token in this step.
  let turn = 0;
  return (logits: Float32Array) => {
    if (turn === alive.length) {
      alive = [...rows.keys()].filter((row) => rows[row]!.stopped === undefined);
      turn = 0;
    }
    const scaled = temperature === 1 ? logits : logits.map((logit) => logit / temperature);
    return multinomial(scaled, randoms[alive[turn++]!]!);
  };
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
  whole("batchCompleter", "maxTokens", maxTokens, { min: 1 });
  whole("batchCompleter", "maxSequences", maxSequences, { min: 1 });
  real("batchCompleter", "temperature", temperature, { min: 1e-6, max: 1e6 });
  const batch = sharedBatch(model, maxSequences);
  const decode = (ids: ArrayLike<number>) => tokenizer.decode(ids, { skipSpecialTokens: true });
  return async (prefix, { seeds, stop = [], signal, ...options }) => {
    signal?.throwIfAborted();
    if (seeds.length === 0) return [];
    const ids = tokenizer.encode(prompt(prefix));
    const rows: BatchRow[] = seeds.map(() => ({ ids: [], stopped: undefined }));
    await batch.run(rows, signal, {
      prompt: ids,
      samples: seeds.length,
      maxNewTokens: Math.min(options.maxTokens ?? maxTokens, maxTokens),
      ...(eosTokenId !== undefined && { eosTokenId }),
      ...(stop.length > 0 && { stopStrings: { strings: stop, decode } }),
      sampler: rowSampler(rows, seeds, temperature),
    });
    return rows.map((row): Completion => {
      const text = decode(row.ids);
      const cut = Math.min(...stop.map((each) => text.indexOf(each)).filter((at) => at >= 0));
      const counts = { promptTokens: ids.length, completionTokens: row.ids.length };
      if (Number.isFinite(cut))
        return { text: text.slice(0, cut), finishReason: "stop", ...counts };
      return { text, finishReason: row.stopped === "length" ? "length" : "end", ...counts };
    });
  };
}
