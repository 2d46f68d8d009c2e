import { tracked } from "../autograd/track";
import { withShortcuts } from "../backend/with-kernels";
import { allocate, type Tensor } from "../tensor/tensor";
import { batchNormShortcuts } from "../wasm/kernels/batch-norm";
import { affinePerChannel } from "./norms";
import { assertFloat } from "./operands";
import { mean, variance } from "./reduce";
import { shapeError } from "./support";

/** A normalised batch with the mean and the variance (divided by the number of positions) of each channel, off the tape. */
export interface NormalizedBatch {
  out: Tensor;
  /** shape [channels] */
  mean: Tensor;
  /** shape [channels] */
  variance: Tensor;
}

/** Applies one scale and one shift per channel to x: (x − mean) / √(variance + eps) · weight + bias. */
export function normalizeBy(
  x: Tensor,
  centre: Tensor,
  spread: Tensor,
  { weight, bias, eps }: { weight: Tensor; bias: Tensor; eps: number },
): Tensor {
  const scale = spread.add(eps).rsqrt().mul(weight);
  return affinePerChannel(x, scale, bias.sub(centre.mul(scale)));
}

/**
 * Normalises each channel of x [batch, channels, …] over the batch and the positions, then scales and shifts it.
 * @param weight shape [channels]; @param bias likewise
 * @throws {TensorError} `ERR_SHAPE`
 * @see Ioffe and Szegedy 2015, algorithm 1
 */
export function normalizeBatch(
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  eps: number,
): NormalizedBatch {
  assertFloat("batchNorm", x, weight, bias);
  const channels = x.shape[1];
  if (channels === undefined || weight.size !== channels || bias.size !== channels)
    shapeError("batchNorm", "weight and bias must be [channels]", x.shape, weight.shape);
  const backend = withShortcuts(x.storage.backend, "batchNorm", batchNormShortcuts);
  const input = x.contiguous();
  const [out, stats] = [
    allocate("batchNorm", x.shape, "float32", backend),
    allocate("batchNorm", [2, channels], "float32", backend),
  ];
  const { shortcuts } = backend;
  if (!shortcuts?.batchNorm?.(out, stats, input, weight, bias, eps)) {
    out.dispose();
    stats.dispose();
    return composed(x, weight, bias, eps);
  }
  const result = tracked("batchNorm", out, [x, weight, bias], (hold) => {
    const [image, w, moments] = [hold(input), hold(weight), hold(stats)];
    return (dy, needs) => {
      const wanted = (i: number, shape: readonly number[]) =>
        needs[i] ? allocate("batchNorm", shape, "float32", backend) : null;
      const [dx, dw, db] = [wanted(0, image.shape), wanted(1, w.shape), wanted(2, w.shape)];
      shortcuts.batchNormGrad!(dx, dw, db, dy.contiguous(), image, w, moments, eps);
      return [dx, dw, db];
    };
  });
  return { out: result, mean: stats.select(0, 0), variance: stats.select(0, 1) };
}

/** The same, composed of other operators. */
function composed(x: Tensor, weight: Tensor, bias: Tensor, eps: number): NormalizedBatch {
  const dim = [...x.shape.keys()].filter((axis) => axis !== 1);
  const centre = mean(x, { dim });
  const perChannel = (t: Tensor) => t.reshape([t.size, ...x.shape.slice(2).map(() => 1)]);
  const spread = variance(x, { dim, correction: 0 });
  const normal = x.sub(perChannel(centre)).mul(perChannel(spread.add(eps).rsqrt()));
  return {
    out: affinePerChannel(normal, weight, bias),
    mean: centre.detach(),
    variance: spread.detach(),
  };
}
