import type { ProcessorOptions } from "../core/processor";
import { having, optionsOf, refuseUnknown } from "../errors";
import type { Watermark } from "../watermark/create-watermark";
import { additiveBias, requireAdditive } from "./additive-bias";

/** The part of node-llama-cpp's `TokenBias` that is used. It takes numbers of a branded type, which has no value here. */
export interface TokenBiasLike {
  set(tokens: never[], bias: { logit: number }): unknown;
}

/** Options of `forNodeLlamaCpp`. */
export interface NodeLlamaCppOptions<Bias> extends ProcessorOptions {
  /** Makes an empty bias: `() => TokenBias.for(model)`. */
  createBias: () => Bias;
  /** The prompt's tokens. */
  prompt: ArrayLike<number>;
}

/** A mark for one evaluation. */
export interface NodeLlamaCppMark<Bias> {
  /** Pass as `tokenBias`: it is called before every token. */
  tokenBias: () => Bias;
  /** Call it with every generated token, in order. */
  accept(token: number): void;
}

/**
 * Adapts a mark to node-llama-cpp's `tokenBias` callback, which is called for every token. The bias acts before the
 * temperature, so its effect is δ/T; it does not apply to end-of-generation tokens. Disable token prediction
 * (speculation).
 *
 * ```ts
 * const mark = forNodeLlamaCpp(watermark, { createBias: () => TokenBias.for(model), prompt: tokens });
 * for await (const token of sequence.evaluate(tokens, { tokenBias: mark.tokenBias })) mark.accept(token);
 * ```
 *
 * @throws {WatermarkError} `ERR_UNSUPPORTED` for EXP, SynthID-Text, Unbiased, DiP, hard lists, self-hash, and
 *   CTWL with `top_k` above 0: the callback does not see the logits
 * @see `TokenBias` in node-llama-cpp 3.22
 */
export function forNodeLlamaCpp<Bias extends TokenBiasLike>(
  watermark: Watermark,
  options: NodeLlamaCppOptions<Bias>,
): NodeLlamaCppMark<Bias> {
  const { createBias, prompt, payload, promptLength, maxTokens, ...rest } = optionsOf(
    "forNodeLlamaCpp",
    options,
  );
  refuseUnknown("forNodeLlamaCpp", rest);
  having("forNodeLlamaCpp", "watermark", watermark, "profile", "createProcessor");
  requireAdditive(watermark.profile, "forNodeLlamaCpp");
  const ids = Array.from(prompt);
  const processor = watermark.createProcessor({
    promptLength: promptLength ?? ids.length,
    payload,
    maxTokens,
  });
  return {
    tokenBias() {
      const bias = createBias();
      const groups = additiveBias(processor, ids, watermark.profile.vocab_size);
      // Plain numbers would be read as probability changes, so always use the logit form.
      for (const [logit, tokens] of groups) bias.set(tokens as never[], { logit });
      return bias;
    },
    accept(token) {
      ids.push(token);
    },
  };
}
