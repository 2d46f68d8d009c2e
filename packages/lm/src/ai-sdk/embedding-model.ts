import type { EmbeddingModelV3 } from "@ai-sdk/provider";
import { type EmbedTextsOptions, embedTexts } from "../encoder/embed-texts";
import type { EncoderModel } from "../encoder/encoder-model";
import { longestText } from "../encoder/longest-text";
import { having, oneOf, optionsOf, refuseUnknown } from "../errors";
import { CausalLM } from "../model/causal-lm";
import type { Tokenizer } from "../tokenizer";
import { assertMatches, checkedTexts, mostTexts, wholeIds } from "./texts";
import { warningsOf } from "./warnings";

/** Options of `embeddingModel`. */
export interface EmbeddingModelOptions extends Pick<EmbedTextsOptions, "pooling" | "normalize"> {
  /** Name of the model in results and logs. Default: its family's. */
  modelId?: string | undefined;
}

/**
 * A model as an embedding model of Vercel's AI SDK, in process, in Node and in a page:
 * `embedMany({ model: embeddingModel(model, tokenizer), values })`. The vectors are those of `embedTexts`; a text that is longer
 * than the model reads is refused, and none is cut.
 *
 * @param model an encoder, or a decoder such as Qwen3-Embedding
 * @param options.pooling default: what the model's files say, else the mean for an encoder and the last token for a decoder
 * @throws {LmError} `ERR_ARGUMENT`; `ERR_MISMATCH` for a tokenizer with more tokens than the model; in a call `ERR_RANGE` for no
 *   texts or more than 2048, for an empty one and for one that is too long, and as `embedTexts`
 * @see `EmbeddingModelV3` of @ai-sdk/provider 3 and 4, which `ai` 6 and 7 take
 */
export function embeddingModel(
  model: EncoderModel | CausalLM,
  tokenizer: Tokenizer,
  options: EmbeddingModelOptions = {},
): EmbeddingModelV3 {
  const where = "embeddingModel";
  const { modelId, pooling, normalize, ...rest } = optionsOf(where, options);
  refuseUnknown(where, rest, ["modelId", "pooling", "normalize"]);
  having(where, "model", model, "config", "hiddenStates");
  having(where, "tokenizer", tokenizer, "encodeInTurns", "vocabSize");
  if (pooling !== undefined) oneOf(where, "pooling", pooling, ["mean", "cls", "last"]);
  assertMatches(where, model, tokenizer);
  const isDecoder = model instanceof CausalLM;
  const longest = longestText(model);

  return {
    specificationVersion: "v3",
    provider: "deepgrain",
    modelId: modelId ?? model.config.modelType,
    maxEmbeddingsPerCall: mostTexts,
    supportsParallelCalls: false,
    async doEmbed(call) {
      const { values, abortSignal: signal } = call;
      checkedTexts({ where, name: "values" }, values);
      const others = isDecoder ? 0 : 2; // an encoder's special tokens are added by embedTexts
      const encoding = { addSpecialTokens: isDecoder, longest, others, signal };
      const ids: number[][] = [];
      for (const [i, text] of values.entries())
        ids.push(await wholeIds({ where, name: `values[${i}]` }, tokenizer, text, encoding));
      const vectors = await embedTexts(model, tokenizer, ids, { pooling, normalize, signal });
      return {
        embeddings: vectors.map((vector) => Array.from(vector)),
        usage: { tokens: ids.reduce((sum, { length }) => sum + length + others, 0) },
        warnings: warningsOf(call),
      };
    },
  };
}
