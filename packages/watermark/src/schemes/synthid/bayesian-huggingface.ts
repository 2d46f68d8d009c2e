/** @file Detectors as Hugging Face's `BayesianDetectorModel` saves them. */
import { having, WatermarkError } from "../../errors";
import type { BayesianDetector } from "./bayesian-detector";

/** A tensor of a file: `data` holds prod(`shape`) numbers, row-major. */
export interface SavedTensor {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

const beta = "likelihood_model_watermarked.beta";
const delta = "likelihood_model_watermarked.delta";

function tensorOf(tensors: ReadonlyMap<string, SavedTensor>, name: string, size: number) {
  const found = tensors.get(name);
  if (!found || found.data.length !== size)
    throw new WatermarkError(
      "ERR_SHAPE",
      `bayesianFromHuggingFace: ${name} must hold ${size} numbers, got ${found ? `[${found.shape}]` : "no such tensor"}`,
      { fields: { name, needed: size, got: found?.data.length } },
    );
  return found.data;
}

/**
 * The detector that `BayesianDetectorModel.save_pretrained` has written. Where the saved prior leaves the open interval of 0
 * to 1 it is moved inside by 1e-5, as the model does.
 *
 * @param tensors of its `model.safetensors`, by name, as any reader of such files gives them
 * @throws {WatermarkError} `ERR_SHAPE` naming a tensor that is missing or has another size
 * @see `BayesianDetectorModel` in transformers, generation/watermarking.py
 */
export function bayesianFromHuggingFace(
  tensors: ReadonlyMap<string, SavedTensor>,
): BayesianDetector {
  having("bayesianFromHuggingFace", "tensors", tensors, "get");
  const depth = tensors.get(beta)?.data.length ?? 1;
  const [bias, weights] = [tensorOf(tensors, beta, depth), tensorOf(tensors, delta, depth ** 2)];
  const prior = tensorOf(tensors, "prior", 1)[0]!;
  return {
    depth,
    prior: Math.min(1 - 1e-5, Math.max(1e-5, prior)),
    beta: Array.from(bias),
    delta: Array.from({ length: depth }, (_, layer) =>
      Array.from({ length: depth }, (_, k) => (k < layer ? weights[layer * depth + k]! : 0)),
    ),
  };
}

/** The tensors of a detector under the names and shapes of `BayesianDetectorModel`. */
export function bayesianToHuggingFace(detector: BayesianDetector): Map<string, SavedTensor> {
  having("bayesianToHuggingFace", "detector", detector, "depth", "prior");
  const { depth, prior } = detector;
  const weights = Float32Array.from(detector.delta.flat());
  return new Map<string, SavedTensor>([
    [beta, { shape: [1, 1, depth], data: Float32Array.from(detector.beta) }],
    [delta, { shape: [1, 1, depth, depth], data: weights }],
    ["prior", { shape: [1], data: Float32Array.of(prior) }],
  ]);
}
