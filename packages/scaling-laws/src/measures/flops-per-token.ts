import { having, optionsOf, real, refuseUnknown } from "../errors";
/** The measure of a model's scale: M, or 6 FLOPs per parameter without (N1) or with (N2) the vocabulary. */
export type ScaleMeasure = "M" | "6N1" | "6N2";

/** The shape of a dense decoder with full attention and 8d² feed-forward parameters per layer. */
export interface DecoderShape {
  /** Decoder blocks L. */
  layers: number;
  /** Hidden width d. */
  width: number;
  /** Training sequence length S, in tokens. */
  sequenceLength: number;
}

/**
 * Non-embedding training FLOPs per token: `M = 72·L·d² + 12·L·d·S`. Attention is included, the vocabulary is not.
 *
 * @param shape layers, width and sequence length, each above 0
 * @throws {ScalingLawsError} `ERR_RANGE` for a number that is not finite and above 0
 * @see DeepSeek-AI 2024 (DeepSeek LLM), section 3.2, equation 2
 */
export function flopsPerToken(shape: DecoderShape): number {
  const { layers, width, sequenceLength } = having("flopsPerToken", "shape", shape);
  real("flopsPerToken", "layers", layers, { above: 0 });
  real("flopsPerToken", "width", width, { above: 0 });
  real("flopsPerToken", "sequenceLength", sequenceLength, { above: 0 });
  return 72 * layers * width ** 2 + 12 * layers * width * sequenceLength;
}

/**
 * `6N1 = 72·L·d²`: six FLOPs per non-embedding parameter, without attention's own cost (Kaplan's measure).
 * @throws {ScalingLawsError} `ERR_RANGE` for a number that is not finite and above 0
 */
export function flopsPerTokenN1(decoderShape: Pick<DecoderShape, "layers" | "width">): number {
  const { layers, width } = having("flopsPerTokenN1", "decoderShape", decoderShape);
  real("flopsPerTokenN1", "layers", layers, { above: 0 });
  real("flopsPerTokenN1", "width", width, { above: 0 });
  return 72 * layers * width ** 2;
}

/**
 * `6N2 = 72·L·d² + 6·V·d`: six FLOPs per parameter with one vocabulary matrix (Chinchilla's measure).
 * @throws {ScalingLawsError} `ERR_RANGE` for a number that is not finite and above 0
 */
export function flopsPerTokenN2(
  given: Pick<DecoderShape, "layers" | "width"> & { vocab: number },
): number {
  const { layers, width, vocab } = having("flopsPerTokenN2", "given", given);
  real("flopsPerTokenN2", "layers", layers, { above: 0 });
  real("flopsPerTokenN2", "width", width, { above: 0 });
  real("flopsPerTokenN2", "vocab", vocab, { above: 0 });
  return 72 * layers * width ** 2 + 6 * vocab * width;
}

/**
 * Non-embedding FLOPs per token of any decoder: `6·(non-embedding parameters) + 12·L·d_attn·S`. For experts count the
 * activated parameters only.
 *
 * @param options.nonEmbeddingParameters parameters that a token passes, vocabulary matrices left out
 * @param options.attentionWidth heads · head width
 * @throws {ScalingLawsError} `ERR_RANGE` for a number that is not finite and above 0
 */
export function exactFlopsPerToken(options: {
  nonEmbeddingParameters: number;
  layers: number;
  attentionWidth: number;
  sequenceLength: number;
}): number {
  const { nonEmbeddingParameters, layers, attentionWidth, sequenceLength, ...rest } = optionsOf(
    "exactFlopsPerToken",
    options,
  );
  refuseUnknown("exactFlopsPerToken", rest);
  real("exactFlopsPerToken", "nonEmbeddingParameters", nonEmbeddingParameters, { above: 0 });
  real("exactFlopsPerToken", "layers", layers, { above: 0 });
  real("exactFlopsPerToken", "attentionWidth", attentionWidth, { above: 0 });
  real("exactFlopsPerToken", "sequenceLength", sequenceLength, { above: 0 });
  return 6 * nonEmbeddingParameters + 12 * layers * attentionWidth * sequenceLength;
}

/**
 * The three measures side by side, and the ratios by which 6N1 and 6N2 miss M.
 * @throws {ScalingLawsError} `ERR_RANGE` for a number that is not finite and above 0
 * @see DeepSeek-AI 2024, table 3
 */
export function compareMeasures(shape: DecoderShape & { vocab: number }) {
  having("compareMeasures", "shape", shape);
  const [model, n1, n2] = [flopsPerToken(shape), flopsPerTokenN1(shape), flopsPerTokenN2(shape)];
  return { M: model, "6N1": n1, "6N2": n2, ratioN1: n1 / model, ratioN2: n2 / model };
}
