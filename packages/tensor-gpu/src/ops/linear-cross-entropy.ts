import { tracked, wantsGrad } from "../autograd/track";
import { withKernels } from "../backend/with-kernels";
import { optionsOf, refuseUnknown } from "../errors";
import { assertFinite, assertOneOf, assertWhole, LARGEST_SIZE } from "../tensor/sizes";
import { allocate, type Tensor } from "../tensor/tensor";
import { crossEntropyKernels } from "../wasm/kernels/cross-entropy";
import { ne } from "./binary";
import { checkTargets } from "./class-targets";
import { gemmInto } from "./matmul";
import { assertFloat, assertIndex } from "./operands";
import { sum } from "./reduce";
import { narrow, reshape, transpose } from "./shape-ops";
import { cast, shapeError } from "./support";

export interface LinearCrossEntropyOptions {
  /** Rows with this target are ignored. Default −100. */
  ignoreIndex?: number | undefined;
  /** Share of the target spread evenly over all classes, in [0, 1]. Default 0. */
  labelSmoothing?: number | undefined;
  /** How the losses of the rows that are not ignored are reduced. Default `"mean"`. */
  reduction?: "mean" | "sum" | undefined;
  /** Bytes that the logits of one chunk may take; their gradient takes the same amount. Default 48 MiB. */
  chunkBytes?: number | undefined;
}

interface Chunks {
  x: Tensor;
  weight: Tensor;
  targets: Tensor;
  rowsPerChunk: number;
  ignoreIndex: number;
  smoothing: number;
}

/** Gradients of the summed losses, where they are needed. */
interface Sums {
  dx: Tensor | null;
  dweight: Tensor | null;
}

/** Losses of all rows, chunk by chunk; the gradients of a chunk are computed while its logits are in memory. */
function runChunks(
  { x, weight, targets, rowsPerChunk, ignoreIndex, smoothing }: Chunks,
  { dx, dweight }: Sums,
): Tensor {
  const backend = withKernels(x.storage.backend, "crossEntropy", crossEntropyKernels);
  const { kernels } = backend;
  const [rows, classes] = [x.shape[0]!, weight.shape[0]!];
  const room = (shape: readonly number[]) =>
    allocate("linearCrossEntropy", shape, "float32", backend);
  const losses = room([rows]);
  const needsGrad = dx !== null || dweight !== null;
  const [logits, dlogits, lse, scale] = [
    room([rowsPerChunk, classes]),
    room(needsGrad ? [rowsPerChunk, classes] : [0]),
    room([rowsPerChunk]),
    room([rowsPerChunk]),
  ] as const;
  kernels.fill(scale, 1);
  for (let first = 0; first < rows; first += rowsPerChunk) {
    const count = Math.min(rowsPerChunk, rows - first);
    const part = (of: Tensor) => narrow(of, 0, first, count);
    const [own, ownLse] = [narrow(logits, 0, 0, count), narrow(lse, 0, 0, count)];
    gemmInto(own, part(x), transpose(weight), false);
    kernels.crossEntropy(part(losses), ownLse, own, part(targets), ignoreIndex, smoothing);
    if (!needsGrad) continue;
    const gradient = narrow(dlogits, 0, 0, count);
    const ones = narrow(scale, 0, 0, count);
    kernels.crossEntropyGrad(gradient, own, ownLse, part(targets), ones, ignoreIndex, smoothing);
    if (dx) gemmInto(part(dx), gradient, weight, false);
    if (dweight) gemmInto(dweight, transpose(gradient), part(x), first > 0);
  }
  for (const space of [logits, dlogits, lse, scale]) space.dispose();
  return losses;
}

/**
 * The cross-entropy of a linear layer's logits, x·weightᵀ, without ever holding all of them: chunks of rows are multiplied,
 * compared with their targets, and differentiated at once. For large vocabularies, where logits and their gradient
 * would be the largest tensors of a training step.
 *
 * @param x shape [..., in]
 * @param weight shape [classes, in]
 * @param targets int32, shape [...]
 * @returns a scalar; the mean over no rows is NaN, as in PyTorch
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, `ERR_RANGE` for a target that is not a class and for bad options
 */
export function linearCrossEntropy(
  x: Tensor,
  weight: Tensor,
  targets: Tensor,
  options: LinearCrossEntropyOptions = {},
): Tensor {
  const {
    ignoreIndex = -100,
    labelSmoothing = 0,
    reduction = "mean",
    chunkBytes = 48 * 2 ** 20,
    ...rest
  } = optionsOf("linearCrossEntropy", options);
  refuseUnknown("linearCrossEntropy", rest);
  assertFloat("linearCrossEntropy", x, weight);
  assertIndex("linearCrossEntropy", x, targets);
  assertOneOf("linearCrossEntropy", "reduction", reduction, ["mean", "sum"]);
  assertFinite("linearCrossEntropy", "labelSmoothing", labelSmoothing, { least: 0, most: 1 });
  assertWhole("linearCrossEntropy", "ignoreIndex", ignoreIndex, { least: -LARGEST_SIZE });
  assertWhole("linearCrossEntropy", "chunkBytes", chunkBytes, { least: 1 });
  const [classes, width] = weight.shape as [number, number];
  if (
    weight.rank !== 2 ||
    x.rank === 0 ||
    x.shape.at(-1) !== width ||
    targets.size * width !== x.size
  )
    shapeError(
      "linearCrossEntropy",
      "x [..., in], weight [classes, in], targets [...]",
      x.shape,
      weight.shape,
      targets.shape,
    );
  checkTargets("linearCrossEntropy", targets, classes, ignoreIndex);
  const { backend } = x.storage;
  const rows = targets.size;
  const flat = reshape(targets, [rows]).contiguous();
  const inputs = reshape(x.detach(), [rows, width]).contiguous();
  const rowsPerChunk = Math.max(
    1,
    Math.min(rows, Math.floor(chunkBytes / 4 / Math.max(1, classes))),
  );
  const isWanted = (tensor: Tensor) => wantsGrad([tensor]);
  const room = (like: Tensor) => allocate("linearCrossEntropy", like.shape, "float32", backend);
  const sums: Sums = {
    dx: isWanted(x) ? room(inputs) : null,
    dweight: isWanted(weight) ? room(weight) : null,
  };
  if (rows === 0 && sums.dweight) backend.kernels.fill(sums.dweight, 0); // there is no chunk to write it
  const chunks = {
    x: inputs,
    weight: weight.detach(),
    targets: flat,
    rowsPerChunk,
    ignoreIndex,
    smoothing: labelSmoothing,
  };
  const total = sum(runChunks(chunks, sums).detach());
  const loss = tracked("linearCrossEntropy", total, [x, weight], (hold) => {
    const [dx, dweight] = [sums.dx && hold(sums.dx), sums.dweight && hold(sums.dweight)];
    return (dy, needs) => [
      needs[0] && dx ? reshape(dx.mul(dy), x.shape) : null,
      needs[1] && dweight ? dweight.mul(dy) : null,
    ];
  });
  if (reduction === "sum") return loss;
  return loss.div(sum(cast(ne(flat, ignoreIndex), "float32")));
}
