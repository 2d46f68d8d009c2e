import { withShortcuts } from "../backend/with-kernels";
import { fail, optionsOf, refuseUnknown } from "../errors";
import { compactProduct } from "../ops/compact";
import { assertFloat, assertFloatOrNull, assertWeight } from "../ops/operands";
import { shapeError } from "../ops/support";
import { CompactTensor } from "../tensor/compact-tensor";
import type { Tensor } from "../tensor/tensor";
import { linearsShortcut } from "../wasm/kernels/linears";
import { assertApart } from "./apart";
import { assertRows } from "./into";

export interface LinearIntoOptions {
  /** Shape [out]. Default none. */
  bias?: Tensor | null | undefined;
  /** Adds to `out` instead of overwriting it. Default false. */
  accumulate?: boolean | undefined;
}

/** One of several products of the same x. */
export interface LinearTarget {
  /** [rows, out], contiguous; shares no memory with any operand or other output */
  out: Tensor;
  /** [out, in], of any strides, or a compact weight */
  weight: Tensor;
  /** [out], or null */
  bias: Tensor | null;
}

/** out += bias for every row, or out = bias. */
function addBias(out: Tensor, bias: Tensor, accumulate: boolean): void {
  const { kernels } = out.storage.backend;
  const wide = {
    storage: bias.storage,
    offset: bias.offset,
    shape: out.shape,
    strides: [0, 1],
    dtype: bias.dtype,
    size: out.size,
  };
  if (accumulate) kernels.arithmetic("add", out, out, wide);
  else kernels.copy(out, wide);
}

function checkTarget(op: string, x: Tensor, { out, weight, bias }: LinearTarget): void {
  assertFloat(op, x, out);
  assertWeight(op, x, weight);
  assertFloatOrNull(op, x, bias);
  assertRows(op, out, x, bias);
  const fits =
    x.rank === 2 &&
    weight.rank === 2 &&
    out.rank === 2 &&
    x.shape[1] === weight.shape[1] &&
    out.shape[0] === x.shape[0] &&
    out.shape[1] === weight.shape[0];
  if (!fits)
    shapeError(
      op,
      "out [rows, out], x [rows, in], weight [out, in]",
      out.shape,
      x.shape,
      weight.shape,
    );
  if (bias && bias.size !== weight.shape[0])
    shapeError(op, "the bias must be [out]", bias.shape, weight.shape);
  assertApart(op, "out and x", out, x);
  assertApart(op, "out and weight", out, weight);
  assertApart(op, "out and bias", out, bias);
}

/** out = x·weightᵀ or out += by the general kernel. */
function product(out: Tensor, x: Tensor, weight: Tensor, accumulate: boolean): void {
  if (weight instanceof CompactTensor) {
    compactProduct(out, x, weight, accumulate);
    return;
  }
  const m = x.shape[0]!;
  const k = x.shape[1]!;
  const n = weight.shape[0]!;
  out.storage.backend.kernels.gemm(out, x, weight, {
    m,
    n,
    k,
    batch0: 1,
    batch1: 1,
    aRow: k,
    aCol: 1,
    aBatch0: 0,
    aBatch1: 0,
    bRow: weight.strides[1]!,
    bCol: weight.strides[0]!,
    bBatch0: 0,
    bBatch1: 0,
    cRow: n,
    cBatch0: 0,
    cBatch1: 0,
    accumulate,
  });
}

/** Whether the backend computes it together with others. */
const isPlain = ({ weight, bias }: LinearTarget): boolean =>
  bias === null && weight.dtype === "float32" && weight.isContiguous;

/** The fused operations of the backend, products of one x among them. */
const shortcutsOf = ({ storage: { backend } }: Tensor) =>
  withShortcuts(backend, "linears", linearsShortcut).shortcuts;

function oneInto(target: LinearTarget, x: Tensor, accumulate: boolean): void {
  const { out, weight, bias } = target;
  const shortcuts = shortcutsOf(out);
  if (isPlain(target) && shortcuts?.linears?.([out], x, [weight], accumulate)) return;
  const isWide = weight.dtype === "float32";
  if (bias && !accumulate && isWide && shortcuts?.linear?.(out, x, weight, bias)) return;
  if (bias) addBias(out, bias, accumulate);
  product(out, x, weight, accumulate || bias !== null);
}

/**
 * out = x·weightᵀ + bias, or out += with `accumulate`.
 *
 * @param out shape [rows, out], contiguous; shares no memory with the others
 * @param x shape [rows, in], contiguous
 * @param weight shape [out, in], of any strides, or a compact weight
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, `ERR_ARGUMENT` for shared memory
 */
export function linearInto(
  out: Tensor,
  x: Tensor,
  weight: Tensor,
  options: LinearIntoOptions = {},
): void {
  const { bias = null, accumulate = false, ...rest } = optionsOf("linearInto", options);
  refuseUnknown("linearInto", rest);
  const target = { out, weight, bias };
  checkTarget("linearInto", x, target);
  out.storage.noteWrite();
  oneInto(target, x, accumulate);
}

function checkTargets(targets: readonly LinearTarget[], x: Tensor): void {
  assertFloat("linearsInto", x);
  if (!Array.isArray(targets)) fail("ERR_ARGUMENT", "linearsInto: targets must be an array");
  for (const target of targets) checkTarget("linearsInto", x, optionsOf("linearsInto", target));
  for (const { out } of targets)
    for (const other of targets)
      if (out !== other.out) {
        assertApart("linearsInto", "two outputs", out, other.out);
        assertApart("linearsInto", "an output and another weight", out, other.weight);
        assertApart("linearsInto", "an output and another bias", out, other.bias);
      }
  if (new Set(targets.map(({ out }) => out)).size < targets.length)
    fail("ERR_ARGUMENT", "linearsInto: an output is given twice");
}

/**
 * Products of one x with several weights. Up to three float32 weights without biases take one kernel.
 *
 * @param x shape [rows, in], contiguous
 * @param targets whose outputs share no memory with each other and with what is read
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, `ERR_ARGUMENT` for shared memory
 */
export function linearsInto(targets: readonly LinearTarget[], x: Tensor): void {
  checkTargets(targets, x);
  for (const { out } of targets) out.storage.noteWrite();
  const shortcuts = shortcutsOf(x);
  if (targets.length > 0 && targets.length <= 3 && targets.every(isPlain)) {
    const outs = targets.map(({ out }) => out);
    const weights = targets.map(({ weight }) => weight);
    if (shortcuts?.linears?.(outs, x, weights, false)) return;
  }
  for (const target of targets) oneInto(target, x, false);
}
