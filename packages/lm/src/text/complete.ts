import type { Batcher, BatcherRequest } from "../batcher/batcher";
import { createBatcher } from "../batcher/create-batcher";
import { modelOrBatcher } from "../batcher/model-or-batcher";
import { having, LmError, listOf, optionsOf } from "../errors";
import type { CausalLM } from "../model/causal-lm";
import type { Tokenizer } from "../tokenizer";
import { SampleText } from "./sample-text";
import type { PromptPiece, TextPiece } from "./text-piece";

/** Options of {@link complete}: those of a batcher's request, and the texts that end a continuation. */
export interface CompleteOptions extends Omit<BatcherRequest, "prompt" | "maxNewTokens"> {
  /** At most so many new tokens; Infinity: to the end of the context or of the cache. Default 20, as for `generate`. */
  maxNewTokens?: number | undefined;
  /** Texts that end a continuation, wherever tokens begin and end; they are not part of it. Default none. */
  stopStrings?: readonly string[] | undefined;
}

/** Requests run in a batch of their own if a model is given. */
function batcherOf(
  source: CausalLM | Batcher,
  samples: number,
): { batcher: Batcher; close(): Promise<void> } {
  if (!("decoder" in source)) return { batcher: source, close: () => Promise.resolve() };
  const own = createBatcher(source, { maxSequences: samples, promptTokensPerStep: 2048 });
  return { batcher: own, close: () => own.close() };
}

/**
 * Continues a text.
 *
 * @param source a model, or a batcher that other callers use as well
 * @param prompt text, encoded with what the tokenizer puts around a text; or token ids
 * @yields pieces of text as they are complete; the last one of each continuation has `finishReason` and `usage`
 * @throws {LmError} as {@link Batcher.generate}; the signal's reason
 */
export async function* complete(
  source: CausalLM | Batcher,
  tokenizer: Pick<Tokenizer, "encode" | "decode">,
  prompt: string | readonly number[],
  options: CompleteOptions = {},
): AsyncGenerator<TextPiece | PromptPiece, void> {
  const { maxNewTokens = 20, stopStrings = [], ...request } = optionsOf("complete", options);
  modelOrBatcher("complete", source);
  having("complete", "tokenizer", tokenizer, "encode", "decode");
  if (typeof prompt !== "string") listOf("complete", "prompt", prompt);
  const { samples = 1 } = request;
  if (!Number.isSafeInteger(samples) || samples < 1)
    throw new LmError("ERR_RANGE", `lm/complete: samples must be at least 1, got ${samples}`, {
      fields: { samples },
    });
  const ids = typeof prompt === "string" ? tokenizer.encode(prompt) : prompt;
  const decode = (tokens: readonly number[]) =>
    tokenizer.decode(tokens, { skipSpecialTokens: true });
  const texts = Array.from(
    { length: samples },
    (_, i) => new SampleText(i, decode, stopStrings, ids),
  );
  const { batcher, close } = batcherOf(source, samples);
  const stream = batcher.generate({ ...request, prompt: ids, maxNewTokens });
  try {
    for await (const event of stream) {
      if (event.type === "prompt") {
        const text = typeof prompt === "string" ? prompt : tokenizer.decode(ids);
        yield { type: "prompt", text, ids, scores: event.scores };
        continue;
      }
      const text = texts[event.sample]!;
      if (event.type === "end") {
        yield text.end(event.reason === "length" ? "length" : "stop", ids.length);
        continue;
      }
      const piece = text.push(event);
      if (text.isStopped) stream.stop(event.sample);
      const last = text.isStopped ? text.end("stop", ids.length) : null;
      if (piece && last) yield { ...last, text: piece.text, ids: piece.ids, scores: piece.scores };
      else if (piece ?? last) yield (piece ?? last)!;
    }
  } finally {
    await close();
  }
}
