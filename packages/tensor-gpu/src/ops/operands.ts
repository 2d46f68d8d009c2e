/** @file Checks of the operands: that they are tensors, not disposed, on one backend and of the right type. */
import { COMPACT_TYPES, type DType, ELEMENT_TYPES, isCompact } from "../backend/view";
import { fail, TensorError } from "../errors";
import { assertThisCopy } from "../tensor/copy";
import { showShape } from "../tensor/shape";
import { assertOneOf, showValue } from "../tensor/sizes";
import { Tensor } from "../tensor/tensor";

/** Operators that accept weights of compact types: views of whole rows and conversions. */
const takesCompact = new Set(
  "contiguous reshape flatten permute transpose unsqueeze squeeze expand narrow select split chunk to astype toBackend".split(
    " ",
  ),
);

function assertTensor(op: string, like: Tensor | undefined, x: unknown): asserts x is Tensor {
  if (!(x instanceof Tensor)) {
    assertThisCopy(op, x);
    fail("ERR_ARGUMENT", `${op}: expected a tensor, got ${showValue(x)}`, { op });
  }
  x.assertAlive(op);
  if (like && like.storage.backend !== x.storage.backend)
    fail(
      "ERR_BACKEND",
      `${op}: operands live on ${like.storage.backend.name} and ${x.storage.backend.name}; move one with to()`,
      { op },
    );
}

function assertLike(op: string, like: Tensor | undefined, x: unknown): asserts x is Tensor {
  assertTensor(op, like, x);
  if (isCompact(x.dtype) && !takesCompact.has(op)) throw compactError(op, x);
}

function compactError(op: string, { dtype, shape }: Tensor): TensorError {
  return new TensorError(
    "ERR_DTYPE",
    `${op}: needs float32, got a weight of type ${dtype} ${showShape(shape)}; convert it with to({ dtype: "float32" })`,
    { fields: { op } },
  );
}

/**
 * Checks that the operands are tensors on one backend that have not been disposed.
 * @throws {TensorError} `ERR_ARGUMENT`, `ERR_DISPOSED`, `ERR_BACKEND`
 */
export function assertTensors(op: string, ...tensors: unknown[]): void {
  for (const tensor of tensors) assertLike(op, tensors[0] as Tensor | undefined, tensor);
}

function assertType(op: string, x: Tensor, dtype: DType, what: string): void {
  if (x.dtype !== dtype)
    fail("ERR_DTYPE", `${op}: ${what} ${dtype}, got ${x.dtype} ${showShape(x.shape)}`, { op });
}

/** @throws {TensorError} `ERR_DTYPE`, and as `assertTensors` */
export function assertFloat(op: string, ...tensors: Tensor[]): void {
  for (const tensor of tensors) {
    assertLike(op, tensors[0], tensor);
    assertType(op, tensor, "float32", "needs");
  }
}

/**
 * Checks that a weight is float32 or of a compact type.
 * @param like the tensor whose backend it must share
 * @throws {TensorError} as `assertFloat`
 */
export function assertWeight(op: string, like: Tensor, weight: Tensor): void {
  if (weight instanceof Tensor && isCompact(weight.dtype)) assertTensor(op, like, weight);
  else assertFloat(op, like, weight);
}

/** `assertFloat` for optional tensors. @param like whose backend they must share @throws {TensorError} as `assertFloat` */
export function assertFloatOrNull(
  op: string,
  like: Tensor,
  ...tensors: (Tensor | null | undefined)[]
): void {
  for (const tensor of tensors)
    if (tensor !== null && tensor !== undefined) assertFloat(op, like, tensor);
}

/** @param like the tensor whose backend the index must share @throws {TensorError} `ERR_DTYPE`, and as `assertTensors` */
export function assertIndex(op: string, like: Tensor, index: Tensor): void {
  assertTensor(op, undefined, like);
  assertLike(op, like, index);
  assertType(op, index, "int32", "indices must be");
}

/** Checks that two operands have one element type. @throws {TensorError} `ERR_DTYPE` */
export function assertSameType(op: string, a: Tensor, b: Tensor): void {
  if (a.dtype !== b.dtype)
    fail(
      "ERR_DTYPE",
      `${op}: needs tensors of one type, got ${a.dtype} and ${b.dtype}; convert one with to({ dtype })`,
      { op },
    );
}

/** Checks the name of an element type. @throws {TensorError} `ERR_RANGE` */
export function assertDType(op: string, dtype: unknown): asserts dtype is DType {
  assertOneOf(op, "dtype", dtype, ELEMENT_TYPES);
}

/** Checks the name of an element type, compact types included. @throws {TensorError} `ERR_RANGE` */
export function assertAnyDType(op: string, dtype: unknown): asserts dtype is DType {
  assertOneOf(op, "dtype", dtype, [...ELEMENT_TYPES, ...COMPACT_TYPES]);
}
