import { boolean, type Given, options, whole } from "@deepgrain/support/schema";
import { check, having, read } from "../errors";
import { attentionMatrices, expertLayers, headWidths, type ModelShape } from "./model-shape";

const counting = options({
  /** A third of it: without the backward pass. */
  forwardOnly: boolean(false),
});

/**
 * Floating-point operations of one sequence, forward and backward:
 * S·(6·attention + 6·activated feed-forward + 6·S·(query and value widths) per layer + 6Vd). Each weight costs two
 * operations forward and four backward. Attention is counted without the causal half; router and norms are left out.
 *
 * @param sequenceLength S, at least 1
 * @throws {MoeError} `ERR_RANGE`
 * @see DeepSeekMoE (Dai et al. 2024), tables 2, 3 and 6, whose numbers it reproduces
 */
export function countFlops(
  shape: ModelShape,
  sequenceLength: number,
  options: Given<typeof counting> = {},
): number {
  const { forwardOnly } = read(counting, "countFlops", options);
  check("countFlops", "sequenceLength", sequenceLength, whole({ min: 1 }));
  having("countFlops", "shape", shape, "layers", "hiddenSize");
  const { layers, hiddenSize: d, vocabulary, denseSize, experts } = shape;
  const mixtures = expertLayers(shape);
  const activated = experts ? (experts.topK + experts.shared) * experts.size : 0;
  const feedForward = 3 * d * (mixtures * activated + (layers - mixtures) * denseSize);
  const { query, value } = headWidths(shape);
  const weights = layers * attentionMatrices(shape) + feedForward + vocabulary * d;
  const scores = layers * sequenceLength * (query + value);
  return (forwardOnly ? 2 : 6) * sequenceLength * (weights + scores);
}
