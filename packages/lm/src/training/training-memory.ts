import { estimateMemory, type MemoryEstimate, type MemoryRun } from "@deepgrain/moe";
import { getBackend } from "@deepgrain/tensor-gpu";
import { type ModelConfig, modelShape } from "../config";
import { having, optionsOf, refuseUnknown } from "../errors";
import { LARGEST_LOGITS } from "../model/causal-lm";

/** The settings of a training run that affect memory. */
export interface TrainingRun
  extends Pick<MemoryRun, "batch" | "sequenceLength" | "trained" | "gradientCheckpointing"> {
  /** How AdamW stores its moments. Default `"float32"`. */
  moments?: "float32" | "int8" | undefined;
}

/** The memory of a training step, and whether the current backend has enough. */
export interface TrainingMemory extends MemoryEstimate {
  /** Bytes that the current backend may allocate; null if it has no limit. */
  limit: number | null;
  fits: boolean;
}

/** Bytes per number of a state kept as bytes: one, and a scale for 2,048. */
const CODED_BYTES = 1 + 4 / 2048;

/**
 * Estimates the memory of a training step of a model with AdamW from its configuration; nothing is allocated.
 * Parameters, gradients and moments are exact, activations are those of this package's blocks; buffers of kernels come
 * on top.
 *
 * @param options.batch sequences per step
 * @param options.sequenceLength tokens of each
 * @throws {MoeError} `ERR_RANGE` for sizes below 1
 */
export function trainingMemory(config: ModelConfig, options: TrainingRun): TrainingMemory {
  const {
    moments = "float32",
    batch,
    sequenceLength,
    trained,
    gradientCheckpointing,
    ...rest
  } = optionsOf("trainingMemory", options);
  refuseUnknown("trainingMemory", rest);
  having("trainingMemory", "config", config, "modelType");
  const estimate = estimateMemory(modelShape(config), {
    batch,
    sequenceLength,
    trained,
    gradientCheckpointing,
    stateBytes: moments === "int8" ? CODED_BYTES : 4,
    logitsAtOnce: LARGEST_LOGITS,
  });
  const { maximumBytes } = getBackend();
  const limit = maximumBytes ?? null;
  return { ...estimate, limit, fits: limit === null || estimate.total <= limit };
}
