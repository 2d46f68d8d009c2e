import { countFlops, countParameters, type ParameterCount } from "@deepgrain/moe";
import { cacheNumbers, type ModelConfig, modelShape } from "../config";
import { having, optionsOf } from "../errors";
import { trainingMemory } from "./training-memory";

/** Figures that follow from a model's configuration alone. */
export interface ModelDescription {
  family: string;
  layers: number;
  /** Layers with experts. */
  mixtures: number;
  /** Routed experts of such a layer, of which a token passes `topK`, and those that all tokens pass. */
  experts: number;
  topK: number;
  shared: number;
  parameters: ParameterCount;
  /** Floating-point operations per token of a sequence of this length. */
  flops: { sequenceLength: number; forward: number; training: number };
  /** In float32; the cache per token, and what it would be with keys and values of all heads. */
  bytes: { weights: number; trainingStep: number; cache: number; expandedCache: number };
}

/**
 * Counts a model's parameters, operations and memory; nothing is allocated.
 * @param step the shape of a training step's batch
 * @throws {MoeError} `ERR_RANGE` for sizes below 1
 */
export function describeModel(
  config: ModelConfig,
  step: { batchSize: number; sequenceLength: number },
): ModelDescription {
  having("describeModel", "config", config, "modelType");
  const { batchSize, sequenceLength } = optionsOf("describeModel", step);
  const shape = modelShape(config);
  const parameters = countParameters(shape);
  const { routed = 0, topK = 0, shared = 0, denseLayers = 0 } = shape.experts ?? {};
  const perToken = (forwardOnly: boolean) =>
    countFlops(shape, sequenceLength, { forwardOnly }) / sequenceLength;
  const { cached, expanded } = cacheNumbers(config);
  const { total } = trainingMemory(config, { batch: batchSize, sequenceLength });
  return {
    family: config.modelType,
    layers: shape.layers,
    experts: routed,
    topK,
    shared,
    mixtures: shape.experts ? shape.layers - denseLayers : 0,
    parameters,
    flops: { sequenceLength, forward: perToken(true), training: perToken(false) },
    bytes: {
      weights: 4 * parameters.total,
      trainingStep: total,
      cache: 4 * cached,
      expandedCache: 4 * expanded,
    },
  };
}
