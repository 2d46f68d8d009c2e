import { optionsOf, refuseUnknown, whole } from "../errors";
import { attentionMatrices, expertLayers, headWidths, type ModelShape } from "./model-shape";

/**
 * Floating-point operations of one sequence, forward and backward:
 * S·(6·attention + 6·activated feed-forward + 6·S·(query and value widths) per layer + 6Vd). Each weight costs two
 * operations forward and four backward. Attention is counted without the causal half; router and norms are left out.
 *
 * @param sequenceLength S, at least 1
 * @param options.forwardOnly a third of it. Default false
 * @throws {MoeError} `ERR_RANGE`
 * @see DeepSeekMoE (Dai et al. 2024), tables 2, 3 and 6, whose numbers it reproduces
 */
export function countFlops(
  shape: ModelShape,
  sequenceLength: number,
  options: { forwardOnly?: boolean | undefined } = {},
): number {
  const { forwardOnly = false, ...rest } = optionsOf("countFlops", options);
  refuseUnknown("countFlops", rest);
  whole("countFlops", "sequenceLength", sequenceLength, { min: 1 });
  const { layers, hiddenSize: d, vocabulary, denseSize, experts } = shape;
  const mixtures = expertLayers(shape);
  const activated = experts ? (experts.topK + experts.shared) * experts.size : 0;
  const feedForward = 3 * d * (mixtures * activated + (layers - mixtures) * denseSize);
  const { query, value } = headWidths(shape);
  const weights = layers * attentionMatrices(shape) + feedForward + vocabulary * d;
  const scores = layers * sequenceLength * (query + value);
  return (forwardOnly ? 2 : 6) * sequenceLength * (weights + scores);
}
