import { having, ScalingLawsError, whole } from "../errors";

/** The sizes of a dense Llama-like decoder: RMSNorm before attention and SwiGLU, no biases. */
export interface DecoderSizes {
  layers: number;
  width: number;
  heads: number;
  /** Heads of keys and values (default: as many as `heads`). */
  kvHeads?: number | undefined;
  /** Width of one head (default: width / heads). */
  headWidth?: number | undefined;
  /** Inner width of the feed-forward network. */
  intermediate: number;
  vocab: number;
  /** One matrix serves as embedding and as head (default false). */
  tied?: boolean | undefined;
}

/** Parameters by kind. */
export interface DecoderParameters {
  total: number;
  /** Embedding and head. */
  vocabulary: number;
  nonEmbedding: number;
  /** heads · head width. */
  attentionWidth: number;
}

/**
 * Counts the parameters of a dense decoder:
 * `L·(2·d·h·dh + 2·d·hkv·dh + 3·d·I + 2·d) + d` without the vocabulary, and `V·d` once or twice.
 *
 * @returns whole numbers; DeepSeek LLM 7B has 6,910,365,696 and 67B has 67,425,001,472 in total
 * @throws {ScalingLawsError} `ERR_RANGE` for sizes that are not whole numbers of at least 1, `ERR_ARGUMENT` where the
 *   width is not a multiple of the heads and no `headWidth` is given
 * @see DeepSeek-AI 2024 (DeepSeek LLM), table 2
 */
export function decoderParameters(decoderSizes: DecoderSizes): DecoderParameters {
  const {
    layers,
    width,
    heads,
    kvHeads = heads,
    headWidth = width / heads,
    intermediate,
    vocab,
    tied = false,
  } = having("decoderParameters", "decoderSizes", decoderSizes);
  whole("decoderParameters", "layers", layers, { min: 1 });
  whole("decoderParameters", "width", width, { min: 1 });
  whole("decoderParameters", "heads", heads, { min: 1 });
  whole("decoderParameters", "kvHeads", kvHeads, { min: 1 });
  whole("decoderParameters", "intermediate", intermediate, { min: 1 });
  whole("decoderParameters", "vocab", vocab, { min: 1 });
  if (!Number.isSafeInteger(headWidth) || headWidth < 1)
    throw new ScalingLawsError(
      "ERR_ARGUMENT",
      `scaling-laws/decoderParameters: width ${width} is not a multiple of ${heads} heads; give headWidth`,
      { fields: { width, heads, headWidth } },
    );
  const attentionWidth = heads * headWidth;
  const attention = 2 * width * attentionWidth + 2 * width * kvHeads * headWidth;
  const nonEmbedding = layers * (attention + 3 * width * intermediate + 2 * width) + width;
  const vocabulary = (tied ? 1 : 2) * vocab * width;
  return { total: nonEmbedding + vocabulary, vocabulary, nonEmbedding, attentionWidth };
}
