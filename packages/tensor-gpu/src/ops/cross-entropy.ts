import { tracked } from "../autograd/track";
import { withKernels } from "../backend/with-kernels";
import { fail, optionsOf } from "../errors";
import { refuseWithHint } from "../hints";
import { sameShape } from "../tensor/shape";
import { assertFinite, assertWhole, LARGEST_SIZE } from "../tensor/sizes";
import { allocate, type Tensor } from "../tensor/tensor";
import { crossEntropyKernels } from "../wasm/kernels/cross-entropy";
import { eq, ne, where } from "./binary";
import { checkTargets } from "./class-targets";
import { embedding } from "./indexing";
import { assertFloat, assertFloatOrNull, assertIndex, assertTensors } from "./operands";
import { sum } from "./reduce";
import { assertReduction, type Reduction } from "./reduction";
import { reshape } from "./shape-ops";
import { logSoftmax } from "./softmax";
import { cast, shapeError } from "./support";

export interface CrossEntropyOptions {
  /** One factor per class, float32 [classes]. Default: 1 each. */
  weight?: Tensor | null | undefined;
  /** Rows with this target are ignored. Default −100. Does not apply to targets that are probabilities. */
  ignoreIndex?: number | undefined;
  /** Share of the target spread evenly over all classes, in [0, 1]. Default 0. */
  labelSmoothing?: number | undefined;
  /** How the losses of the rows that are not ignored are reduced. Default `"mean"`. */
  reduction?: Reduction | undefined;
}

const OPTIONS: readonly (keyof CrossEntropyOptions)[] = [
  "weight",
  "ignoreIndex",
  "labelSmoothing",
  "reduction",
];

interface Settings {
  weight: Tensor | null;
  ignoreIndex: number;
  labelSmoothing: number;
  reduction: Reduction;
}

/** −ln softmax(logits)[target] with smoothing, one number per target, 0 for ignored ones; fused. */
function rowLosses(
  logits: Tensor,
  targets: Tensor,
  ignoreIndex: number,
  smoothing: number,
): Tensor {
  const classes = logits.shape.at(-1)!;
  const backend = withKernels(logits.storage.backend, "crossEntropy", crossEntropyKernels);
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

function checkLogits(logits: Tensor, targets: Tensor, ignoreIndex: number): void {
  assertFloat("crossEntropy", logits);
  assertIndex("crossEntropy", logits, targets);
  if (logits.rank !== targets.rank + 1 || targets.shape.some((n, axis) => n !== logits.shape[axis]))
    shapeError(
      "crossEntropy",
      "logits [..., classes] need targets [...]",
      logits.shape,
      targets.shape,
    );
  checkTargets("crossEntropy", targets, logits.shape.at(-1)!, ignoreIndex);
}

/** Σ_c −w_c · ln softmax(logits)_c · share_c over the last axis. @param shares broadcast to the logits */
function weightedSurprise(logits: Tensor, shares: Tensor): Tensor {
  return sum(logSoftmax(logits).mul(shares), { dim: -1 }).neg();
}

/** (1 − ε)·w_y·(−ln p_y) + ε/C·Σ_c w_c·(−ln p_c) per row, 0 for ignored ones; and the divisor of the mean. */
function indexLosses(
  logits: Tensor,
  targets: Tensor,
  { weight, ignoreIndex, labelSmoothing }: Settings,
): { losses: Tensor; count: () => Tensor } {
  checkLogits(logits, targets, ignoreIndex);
  if (!weight)
    return {
      losses: rowLosses(logits, targets, ignoreIndex, labelSmoothing),
      count: () => sum(cast(ne(targets, ignoreIndex), "float32")),
    };
  const classes = logits.shape.at(-1)!;
  const isIgnored = eq(targets, ignoreIndex);
  const some = where(isIgnored, 0, targets);
  const factors = reshape(embedding(reshape(weight, [classes, 1]), some), targets.shape);
  const own = where(isIgnored, 0, factors);
  const exact = rowLosses(logits, targets, ignoreIndex, 0).mul(own);
  if (labelSmoothing === 0) return { losses: exact, count: () => sum(own) };
  const spread = where(isIgnored, 0, weightedSurprise(logits, weight));
  const losses = exact.mul(1 - labelSmoothing).add(spread.mul(labelSmoothing / classes));
  return { losses, count: () => sum(own) };
}

/** −Σ_c w_c·((1 − ε)·t_c + ε/C)·ln p_c per row; a mean divides by the number of rows. */
function probabilityLosses(
  logits: Tensor,
  targets: Tensor,
  { weight, ignoreIndex, labelSmoothing }: Settings,
): { losses: Tensor; count: () => number } {
  assertFloat("crossEntropy", logits, targets);
  if (logits.rank === 0 || !sameShape(logits.shape, targets.shape))
    shapeError(
      "crossEntropy",
      "targets as probabilities must have the logits' shape [..., classes]",
      logits.shape,
      targets.shape,
    );
  if (ignoreIndex >= 0)
    fail(
      "ERR_ARGUMENT",
      `crossEntropy: ignoreIndex ${ignoreIndex} is for targets that are classes, these are probabilities`,
      { op: "crossEntropy", ignoreIndex },
    );
  const classes = logits.shape.at(-1)!;
  const smooth =
    labelSmoothing === 0
      ? targets
      : targets.mul(1 - labelSmoothing).add(labelSmoothing / Math.max(1, classes));
  const losses = weightedSurprise(logits, weight ? smooth.mul(weight) : smooth);
  return { losses, count: () => losses.size };
}

function checkedSettings(logits: Tensor, options: CrossEntropyOptions): Settings {
  const {
    weight = null,
    ignoreIndex = -100,
    labelSmoothing = 0,
    reduction = "mean",
    ...rest
  } = optionsOf("crossEntropy", options);
  refuseWithHint("crossEntropy", rest, OPTIONS);
  assertReduction("crossEntropy", reduction);
  assertFinite("crossEntropy", "labelSmoothing", labelSmoothing, { least: 0, most: 1 });
  assertWhole("crossEntropy", "ignoreIndex", ignoreIndex, { least: -LARGEST_SIZE });
  assertFloatOrNull("crossEntropy", logits, weight);
  if (weight && (weight.rank !== 1 || weight.size !== logits.shape.at(-1)))
    shapeError("crossEntropy", "the weight must be [classes]", weight.shape, logits.shape);
  return { weight: weight?.detach() ?? null, ignoreIndex, labelSmoothing, reduction };
}

/**
 * −ln softmax(logits)[target], fused: no probabilities are stored. With class weights w, smoothing ε and C classes a row's
 * loss is (1 − ε)·w_y·(−ln p_y) + ε/C·Σ_c w_c·(−ln p_c), and the mean is Σ losses / Σ w_y. For targets that are
 * probabilities t it is −Σ_c w_c·((1 − ε)·t_c + ε/C)·ln p_c, and the mean divides by the number of rows. As in PyTorch,
 * with the classes on the last axis.
 *
 * @param logits shape [..., classes]
 * @param targets int32, shape [...]; or float32 probabilities, shape [..., classes], which may require gradients
 * @param options.weight shape [classes], gets no gradient; default none
 * @returns a scalar, or [...] with `reduction: "none"`; the mean over no rows is NaN, as in PyTorch
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, `ERR_RANGE` for a target that is not a class and for bad options,
 *   `ERR_ARGUMENT` for an `ignoreIndex` of at least 0 with probabilities
 */
export function crossEntropy(
  logits: Tensor,
  targets: Tensor,
  options: CrossEntropyOptions = {},
): Tensor {
  const settings = checkedSettings(logits, options);
  assertTensors("crossEntropy", logits, targets);
  const lossesOf = targets.dtype === "float32" ? probabilityLosses : indexLosses;
  const { losses, count } = lossesOf(logits, targets, settings);
  if (settings.reduction === "none") return losses;
  const total = sum(losses);
  return settings.reduction === "sum" ? total : total.div(count());
}
