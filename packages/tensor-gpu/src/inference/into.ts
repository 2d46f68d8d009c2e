/** @file Operators that write into an existing tensor, off the tape. They are the building blocks of a loop over tokens. */

import type { UnaryOp } from "../backend/kernels";
import { withKernels } from "../backend/with-kernels";
import { widenRows } from "../ops/compact";
import { assertIndicesBelow } from "../ops/index-tables";
import { assertFloat, assertFloatOrNull, assertIndex, assertWeight } from "../ops/operands";
import { broadcastView, scalar, shapeError } from "../ops/support";
import { CompactTensor } from "../tensor/compact-tensor";
import { sameShape } from "../tensor/shape";
import { assertFinite, assertOneOf } from "../tensor/sizes";
import type { Tensor } from "../tensor/tensor";
import { attentionKernels } from "../wasm/kernels/attention";
import { normKernels } from "../wasm/kernels/norms";
import { swigluKernels } from "../wasm/kernels/swiglu";
import { assertApart, assertApartOrSame } from "./apart";

/** Contiguous matrices only: a loop over tokens allocates its tensors once, in the right layout. */
export function assertRows(op: string, ...tensors: (Tensor | null)[]): void {
  for (const x of tensors)
    if (x && !x.isContiguous) shapeError(op, "needs contiguous tensors", x.shape, x.strides);
}

/** Checks a norm's output and the room for its statistics. */
function checkNorm(op: string, out: Tensor, stats: Tensor, x: Tensor, perRow: number): void {
  const isRoom = stats.size * (x.shape.at(-1) ?? 0) >= perRow * x.size;
  if (x.rank === 0 || !sameShape(out.shape, x.shape) || !isRoom)
    shapeError(
      op,
      `out must be as x, stats have room for ${perRow} per row`,
      out.shape,
      x.shape,
      stats.shape,
    );
  assertApartOrSame(op, "out and x", out, x);
  assertApart(op, "stats and x", stats, x);
  assertApart(op, "stats and out", stats, out);
}

/** Checks a norm's weight or bias. */
function checkAffine(
  op: string,
  name: string,
  out: Tensor,
  stats: Tensor,
  x: Tensor,
  each: Tensor | null,
): void {
  if (!each) return;
  if (each.size !== x.shape.at(-1))
    shapeError(op, `the ${name} must have the last axis' size`, each.shape, x.shape);
  assertApart(op, `out and ${name}`, out, each);
  assertApart(op, `stats and ${name}`, stats, each);
}

/**
 * out = x / √(mean x² + eps) · weight over the last axis.
 *
 * @param out the shape of `x`; may be `x` itself, and shares no other memory
 * @param stats room for one number per row; shares no memory with the others
 * @param x shape [rows, n], contiguous
 * @param weight shape [n], or null
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, `ERR_ARGUMENT` for shared memory
 */
export function rmsNormInto(
  out: Tensor,
  stats: Tensor,
  x: Tensor,
  weight: Tensor | null,
  eps: number,
): void {
  assertFloat("rmsNormInto", out, stats, x);
  assertFloatOrNull("rmsNormInto", out, weight);
  assertFinite("rmsNormInto", "eps", eps, { least: 0 });
  assertRows("rmsNormInto", out, stats, x, weight);
  checkNorm("rmsNormInto", out, stats, x, 1);
  checkAffine("rmsNormInto", "weight", out, stats, x, weight);
  for (const each of [out, stats]) each.storage.noteWrite();
  const { kernels } = withKernels(out.storage.backend, "rmsNorm", normKernels);
  kernels.rmsNorm(out, stats, x, weight, eps);
}

/**
 * out = (x − mean) / √(variance + eps) · weight + bias over the last axis.
 *
 * @param out the shape of `x`; may be `x` itself, and shares no other memory
 * @param stats room for two numbers per row; shares no memory with the others
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, `ERR_ARGUMENT` for shared memory
 */
export function layerNormInto(
  out: Tensor,
  stats: Tensor,
  x: Tensor,
  weight: Tensor | null,
  bias: Tensor | null,
  eps: number,
): void {
  assertFloat("layerNormInto", out, stats, x);
  assertFloatOrNull("layerNormInto", out, weight, bias);
  assertFinite("layerNormInto", "eps", eps, { least: 0 });
  assertRows("layerNormInto", out, stats, x, weight, bias);
  checkNorm("layerNormInto", out, stats, x, 2);
  checkAffine("layerNormInto", "weight", out, stats, x, weight);
  checkAffine("layerNormInto", "bias", out, stats, x, bias);
  for (const each of [out, stats]) each.storage.noteWrite();
  const { kernels } = withKernels(out.storage.backend, "layerNorm", normKernels);
  kernels.layerNorm(out, stats, x, weight, bias, eps);
}

/**
 * out = silu(gate) · up, all [rows, n] and contiguous; `out` may be `gate` or `up`.
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, `ERR_ARGUMENT` for memory shared otherwise
 */
export function swigluInto(out: Tensor, gate: Tensor, up: Tensor): void {
  assertFloat("swigluInto", out, gate, up);
  assertRows("swigluInto", out, gate, up);
  if (!sameShape(out.shape, gate.shape) || !sameShape(out.shape, up.shape))
    shapeError("swigluInto", "needs three tensors of one shape", out.shape, gate.shape, up.shape);
  assertApartOrSame("swigluInto", "out and gate", out, gate);
  assertApartOrSame("swigluInto", "out and up", out, up);
  out.storage.noteWrite();
  const { kernels } = withKernels(out.storage.backend, "swiglu", swigluKernels);
  kernels.swiglu(out, gate, up);
}

/** Activation functions supported by `activateInto`. */
export type IntoActivation = Extract<
  UnaryOp,
  "silu" | "gelu" | "geluTanh" | "relu" | "tanh" | "sigmoid"
>;

const activations = ["silu", "gelu", "geluTanh", "relu", "tanh", "sigmoid"] as const;

/**
 * out = f(x), elementwise; `out` may be `x`.
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, `ERR_ARGUMENT` for memory shared otherwise
 */
export function activateInto(f: IntoActivation, out: Tensor, x: Tensor): void {
  assertOneOf("activateInto", "f", f, activations);
  assertFloat("activateInto", out, x);
  assertRows("activateInto", out, x);
  if (!sameShape(out.shape, x.shape))
    shapeError("activateInto", "needs two tensors of one shape", out.shape, x.shape);
  assertApartOrSame("activateInto", "out and x", out, x);
  out.storage.noteWrite();
  out.storage.backend.kernels.unary(f, out, x, 0);
}

/**
 * out = a + b or a · b, elementwise; `out` may be either.
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, `ERR_ARGUMENT` for memory shared otherwise
 */
export function combineInto(op: "add" | "mul", out: Tensor, a: Tensor, b: Tensor): void {
  assertOneOf("combineInto", "op", op, ["add", "mul"]);
  assertFloat("combineInto", out, a, b);
  assertRows("combineInto", out, a, b);
  if (!sameShape(out.shape, a.shape) || !sameShape(out.shape, b.shape))
    shapeError("combineInto", "needs three tensors of one shape", out.shape, a.shape, b.shape);
  assertApartOrSame("combineInto", "out and a", out, a);
  assertApartOrSame("combineInto", "out and b", out, b);
  out.storage.noteWrite();
  out.storage.backend.kernels.arithmetic(op, out, a, b);
}

/** x ·= factor, in place. @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE` */
export function scaleInto(x: Tensor, factor: number): void {
  assertFinite("scaleInto", "factor", factor);
  assertFloat("scaleInto", x);
  assertRows("scaleInto", x);
  x.storage.noteWrite();
  const { backend } = x.storage;
  const one = scalar(factor, "float32", backend);
  backend.kernels.arithmetic("mul", x, x, broadcastView(one, x.shape));
  one.dispose();
}

/**
 * out[i] = table[index[i]].
 * @param out shape [rows, n]; shares no memory with the table
 * @param table shape [count, n], contiguous, or a compact weight
 * @param index int32 [rows], each below `count`
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, `ERR_RANGE` for an index outside the table, `ERR_ARGUMENT` for shared memory
 */
export function gatherInto(out: Tensor, table: Tensor, index: Tensor): void {
  assertFloat("gatherInto", out);
  assertWeight("gatherInto", out, table);
  assertIndex("gatherInto", out, index);
  assertRows("gatherInto", out, table, index);
  if (
    out.rank !== 2 ||
    table.rank !== 2 ||
    out.shape[1] !== table.shape[1] ||
    out.shape[0] !== index.size
  )
    shapeError(
      "gatherInto",
      "out [rows, n], table [count, n], index [rows]",
      out.shape,
      table.shape,
      index.shape,
    );
  assertApart("gatherInto", "out and table", out, table);
  assertIndicesBelow("gatherInto", index, table.shape[0]!);
  out.storage.noteWrite();
  if (table instanceof CompactTensor) widenRows(out, table, index);
  else out.storage.backend.kernels.gatherRows(out, table, index);
}

/**
 * out = causal attention of a sequence with itself: query i sees keys 0 … i.
 *
 * @param out shape [1, length, heads, dv], contiguous; shares no memory with the others
 * @param q shape [1, length, heads, d], unit last stride
 * @param k shape [1, length, keyHeads, d] @param v shape [1, length, keyHeads, dv]
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, `ERR_ARGUMENT` for shared memory
 */
export function attendInto(out: Tensor, q: Tensor, k: Tensor, v: Tensor, scale: number): void {
  assertFloat("attendInto", out, q, k, v);
  assertRows("attendInto", out);
  assertFinite("attendInto", "scale", scale);
  const [batch, length, heads] = q.shape;
  const fits =
    [out, q, k, v].every((x) => x.rank === 4 && x.shape[0] === batch && x.shape[1] === length) &&
    k.shape[2] === v.shape[2] &&
    heads! % k.shape[2]! === 0 &&
    k.shape[3] === q.shape[3] &&
    [q, k, v].every((x) => x.strides[3] === 1);
  if (!fits || out.shape[2] !== heads || out.shape[3] !== v.shape[3])
    shapeError(
      "attendInto",
      "q, k, v and out must fit each other",
      q.shape,
      k.shape,
      v.shape,
      out.shape,
    );
  assertApart("attendInto", "out and q", out, q);
  assertApart("attendInto", "out and k", out, k);
  assertApart("attendInto", "out and v", out, v);
  const options = { scale, causal: true, queryOffset: 0, keyMask: null };
  out.storage.noteWrite();
  const { kernels } = withKernels(out.storage.backend, "attention", attentionKernels);
  kernels.attention(out, null, null, q, k, v, options);
}
