import { tracked } from "../autograd/track";
import { TensorError } from "../errors";
import { assertFinite, assertOneOf, assertWhole, LARGEST_SIZE } from "../tensor/sizes";
import { allocate, type Tensor } from "../tensor/tensor";
import { add, mul, ne, sub } from "./binary";
import { assertFloat, assertIndex } from "./operands";
import { mean, sum } from "./reduce";
import { reshape } from "./shape-ops";
import { cast, shapeError } from "./support";
import { softplus, square } from "./unary";

export type Reduction = "mean" | "sum" | "none";

const assertReduction = (op: string, reduction: Reduction) =>
  assertOneOf(op, "reduction", reduction, ["mean", "sum", "none"]);

export interface CrossEntropyOptions {
  /** Rows with this target count for nothing. Default −100. */
  ignoreIndex?: number;
  /** Share of the target spread evenly over all classes, in [0, 1]. Default 0. */
  labelSmoothing?: number;
  /** Over the rows that count. Default `"mean"`. */
  reduction?: Reduction;
}

function rowLosses(
  logits: Tensor,
  targets: Tensor,
  ignoreIndex: number,
  smoothing: number,
): Tensor {
  const classes = logits.shape.at(-1)!;
  const { backend } = logits.storage;
  const rows = reshape(logits.detach(), [targets.size, classes]);
  const flatTargets = targets.contiguous();
  const losses = allocate("crossEntropy", targets.shape, "float32", backend);
  const lse = allocate("crossEntropy", [targets.size], "float32", backend);
  backend.kernels.crossEntropy(losses, lse, rows, flatTargets, ignoreIndex, smoothing);
  return tracked("crossEntropy", losses, [logits], (hold) => {
    const [x, z, y, shape] = [hold(rows), hold(lse), hold(flatTargets), logits.shape];
    return (dy) => {
      const dx = allocate("crossEntropy", shape, "float32", backend);
      backend.kernels.crossEntropyGrad(
        dx.view(x.shape, [classes, 1], 0),
        x,
        z,
        y,
        dy.contiguous(),
        ignoreIndex,
        smoothing,
      );
      return [dx];
    };
  });
}

function checkTargets(logits: Tensor, targets: Tensor, ignoreIndex: number): void {
  assertFloat("crossEntropy", logits);
  assertIndex("crossEntropy", logits, targets);
  if (logits.rank !== targets.rank + 1 || targets.shape.some((n, axis) => n !== logits.shape[axis]))
    shapeError(
      "crossEntropy",
      "logits [..., classes] need targets [...]",
      logits.shape,
      targets.shape,
    );
  const { kernels } = targets.storage.backend;
  const classes = logits.shape.at(-1)!;
  const dense = targets.contiguous();
  if (kernels.firstOutOfRange(dense, classes) < 0) return;
  // Some are outside: legal only if every one of them is the ignored index.
  const shifted = dense.where(ne(dense, ignoreIndex), 0);
  const at = kernels.firstOutOfRange(shifted, classes);
  if (at >= 0)
    throw new TensorError(
      "ERR_RANGE",
      `tensor-gpu/crossEntropy: the target at position ${at} is outside [0, ${classes}) and not ignoreIndex ${ignoreIndex}`,
      { position: at, classes },
    );
}

/**
 * −ln softmax(logits)[target], fused: no probabilities are stored.
 *
 * @param logits shape [..., classes]
 * @param targets int32, shape [...]
 * @returns a scalar, or [...] with `reduction: "none"`; the mean over no rows is NaN, as in PyTorch
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, or `ERR_RANGE` for a target that is no class and for bad options
 */
export function crossEntropy(
  logits: Tensor,
  targets: Tensor,
  { ignoreIndex = -100, labelSmoothing = 0, reduction = "mean" }: CrossEntropyOptions = {},
): Tensor {
  assertReduction("crossEntropy", reduction);
  assertFinite("crossEntropy", "labelSmoothing", labelSmoothing, { least: 0, most: 1 });
  assertWhole("crossEntropy", "ignoreIndex", ignoreIndex, { least: -LARGEST_SIZE });
  checkTargets(logits, targets, ignoreIndex);
  const losses = rowLosses(logits, targets, ignoreIndex, labelSmoothing);
  if (reduction === "none") return losses;
  const total = sum(losses);
  if (reduction === "sum") return total;
  return total.div(sum(cast(ne(targets, ignoreIndex), "float32")));
}

function reduceBy(op: string, reduction: Reduction, losses: () => Tensor): Tensor {
  assertReduction(op, reduction);
  const each = losses();
  return reduction === "none" ? each : reduction === "sum" ? sum(each) : mean(each);
}

/** (input − target)². @throws {TensorError} `ERR_RANGE` for an unknown reduction, and as `sub` */
export const mseLoss = (
  input: Tensor,
  target: Tensor,
  { reduction = "mean" }: { reduction?: Reduction } = {},
): Tensor => reduceBy("mseLoss", reduction, () => square(sub(input, target)));

/** softplus(x) − x·y: binary cross-entropy of sigmoid(x) against y in [0, 1], without overflow */
export const bceWithLogits = (
  input: Tensor,
  target: Tensor,
  { reduction = "mean" }: { reduction?: Reduction } = {},
): Tensor =>
  reduceBy("bceWithLogits", reduction, () => add(softplus(input), mul(mul(input, target), -1)));
