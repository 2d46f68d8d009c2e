import { type TinyDecoder, VOCABULARY } from "@deepgrain/bench/workloads";
import {
  countFlops,
  DenseLayer,
  type ExpertsShape,
  type FeedForward,
  HashLayer,
  MoeLayer,
} from "@deepgrain/moe";
import type { ComparisonSettings } from "./recipe";
import type { TrainingResult } from "./training-result";

function expertsOf(layer: FeedForward): ExpertsShape | null {
  if (layer instanceof HashLayer) {
    const { experts, expertSize } = layer.config;
    return { routed: experts, topK: 1, shared: 0, size: expertSize };
  }
  if (!(layer instanceof MoeLayer)) return null;
  const { experts, topK, sharedExperts = 0, expertSize } = layer.config;
  return { routed: experts, topK, shared: sharedExperts, size: expertSize };
}

/** Parameters, those a token passes, and operations of a sequence. */
export function countModel(
  model: TinyDecoder,
  { layers, hiddenSize, heads, length }: ComparisonSettings,
): Pick<TrainingResult, "parameters" | "activated" | "flops"> {
  const parameters = model.parameters().reduce((sum, { size }) => sum + size, 0);
  const layer = model.feedForwards[0]!;
  const experts = expertsOf(layer);
  const idle = experts ? (experts.routed - experts.topK) * 3 * hiddenSize * experts.size : 0;
  const denseSize =
    layer instanceof DenseLayer ? layer.config.innerSize * (layer.config.copies ?? 1) : 0;
  const shape = {
    layers,
    hiddenSize,
    vocabulary: VOCABULARY,
    attention: { kind: "full", heads, keyValueHeads: heads, headSize: hiddenSize / heads },
    denseSize,
    experts,
  } as const;
  return { parameters, activated: parameters - layers * idle, flops: countFlops(shape, length) };
}
