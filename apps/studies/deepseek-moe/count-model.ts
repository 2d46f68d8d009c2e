import type { TinyDecoder } from "@deepgrain/bench/workloads";
import {
  countFlops,
  DenseLayer,
  type ExpertsShape,
  type FeedForward,
  HashLayer,
  MoeLayer,
  segmentExperts,
} from "@deepgrain/moe";
import { type ComparisonSettings, segmentation, TOP_K } from "./recipe";
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

type Sizes = Pick<ComparisonSettings, "layers" | "hiddenSize" | "heads" | "length" | "vocabulary">;

/** Operations of a sequence, forward and backward. */
const flopsOf = (
  { layers, hiddenSize, heads, length, vocabulary }: Sizes,
  feedForward: { denseSize: number; experts: ExpertsShape | null },
): number => {
  const attention = {
    kind: "full",
    heads,
    keyValueHeads: heads,
    headSize: hiddenSize / heads,
  } as const;
  const shape = { layers, hiddenSize, vocabulary, attention, ...feedForward };
  return countFlops(shape, length);
};

/** Parameters, those a token passes, and operations of a sequence. */
export function countModel(
  model: TinyDecoder,
  settings: ComparisonSettings,
): Pick<TrainingResult, "parameters" | "activated" | "flops"> {
  const { layers, hiddenSize } = settings;
  const parameters = model.parameters().reduce((sum, { size }) => sum + size, 0);
  const layer = model.feedForwards[0]!;
  const experts = expertsOf(layer);
  const idle = experts ? (experts.routed - experts.topK) * 3 * hiddenSize * experts.size : 0;
  const denseSize =
    layer instanceof DenseLayer ? layer.config.innerSize * (layer.config.copies ?? 1) : 0;
  const flops = flopsOf(settings, { denseSize, experts });
  return { parameters, activated: parameters - layers * idle, flops };
}

/** The share of Dense×N's operations that DeepSeekMoE needs, with all or half of its experts active. */
export function sharesOfDense(
  settings: Sizes & Pick<ComparisonSettings, "experts" | "innerSize">,
): { all: number; half: number } {
  const { experts, innerSize } = settings;
  const dense = flopsOf(settings, { denseSize: experts * innerSize, experts: null });
  const {
    experts: routed,
    topK,
    sharedExperts: shared = 0,
    expertSize: size,
  } = segmentExperts({ experts, topK: TOP_K, innerSize }, segmentation);
  const shareWith = (active: number) => {
    const shape = { routed, topK: active - shared, shared, size };
    return flopsOf(settings, { denseSize: 0, experts: shape }) / dense;
  };
  return { all: shareWith(topK + shared), half: shareWith((topK + shared) / 2) };
}
