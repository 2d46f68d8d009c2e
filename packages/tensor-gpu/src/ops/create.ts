import { getBackend } from "../backend/current";
import type { DType } from "../backend/view";
import { fail, optionsOf, refuseUnknown, TensorError } from "../errors";
import { assertElement, assertElements } from "../tensor/elements";
import { resolveReshape, type Shape } from "../tensor/shape";
import { assertFinite, assertShape, assertSize, LARGEST_SIZE, showValue } from "../tensor/sizes";
import { allocate, type Tensor } from "../tensor/tensor";
import { assertDType, assertTensors } from "./operands";

/** Numbers, or arrays of them nested as deep as the tensor has axes. */
export type NestedNumbers = number | boolean | ArrayLike<number> | readonly NestedNumbers[];

export interface CreateOptions {
  /** Element type; `tensor()` takes it from the data (Int32Array: int32, booleans: bool), others default to float32. */
  dtype?: DType | undefined;
  /** Marks the new tensor as a leaf that requires a gradient. */
  requiresGrad?: boolean | undefined;
}

/** Limit on nesting, above what any tensor needs: the recursion must end on data that contain themselves. */
const DEEPEST = 64;

const isNested = (data: unknown): data is ArrayLike<NestedNumbers> =>
  Array.isArray(data) || (ArrayBuffer.isView(data) && !(data instanceof DataView));

/** Appends the numbers in order. The shape is that of the first element at each depth. */
function flatten(
  data: NestedNumbers,
  into: number[],
  shape: readonly number[],
  depth: number,
): void {
  if (typeof data === "number" || typeof data === "boolean") {
    if (depth !== shape.length) throw ragged(depth);
    into.push(Number(data));
    return;
  }
  if (!isNested(data))
    fail(
      "ERR_ARGUMENT",
      `tensor: expected numbers or nested arrays of them, got ${showValue(data)}`,
    );
  if (depth >= shape.length || data.length !== shape[depth]) throw ragged(depth);
  for (let i = 0; i < data.length; i++) flatten(data[i]!, into, shape, depth + 1);
}

const ragged = (axis: number) =>
  new TensorError(
    "ERR_SHAPE",
    `tensor: ragged data, entries along axis ${axis} differ in length or depth`,
  );

function nestedShape(data: NestedNumbers): number[] {
  const shape: number[] = [];
  for (let inner: NestedNumbers | undefined = data; isNested(inner); inner = inner[0]) {
    shape.push(inner.length);
    if (shape.length > DEEPEST)
      fail("ERR_SHAPE", `tensor: data are nested more than ${DEEPEST} deep`);
  }
  return shape;
}

function deduceDtype(data: NestedNumbers): DType {
  if (data instanceof Int32Array) return "int32";
  let first: NestedNumbers | undefined = data;
  while (isNested(first)) first = first[0];
  return typeof first === "boolean" ? "bool" : "float32";
}

/**
 * A tensor holding a copy of `data`.
 *
 * @param data a number, nested arrays, or a flat typed array together with `options.shape`
 * @param options.shape the shape of flat data; default: the shape of the nesting
 * @throws {TensorError} `ERR_SHAPE` for ragged data or a shape of another size, `ERR_ARGUMENT` for a value that is not a number,
 *   `ERR_RANGE` for a value that int32 cannot hold
 */
export function tensor(
  data: NestedNumbers,
  options: CreateOptions & { shape?: Shape | undefined } = {},
): Tensor {
  const { dtype: wanted, shape: given, requiresGrad, ...rest } = optionsOf("tensor", options);
  refuseUnknown("tensor", rest, ["dtype", "shape", "requiresGrad"]);
  let flat: ArrayLike<number>;
  let shape: number[] = [];
  if (ArrayBuffer.isView(data)) flat = data as unknown as ArrayLike<number>;
  else {
    const values: number[] = [];
    shape = nestedShape(data);
    flatten(data, values, shape, 0);
    flat = values;
  }
  const dtype = wanted ?? deduceDtype(data);
  assertDType("tensor", dtype);
  assertElements("tensor", dtype, flat);
  if (ArrayBuffer.isView(data)) shape = [flat.length];
  const out = allocate("tensor", given ? resolveReshape("tensor", shape, given) : shape, dtype);
  out.storage.backend.upload(out, flat);
  return requiresGrad ? out.requireGrad() : out;
}

/**
 * A tensor with every element equal to `value`.
 * @param shape whole numbers of at least 0
 * @throws {TensorError} `ERR_SHAPE`, `ERR_ARGUMENT` for a value that is not a number, `ERR_RANGE` for a value int32 cannot hold
 */
export function full(shape: Shape, value: number, options: CreateOptions = {}): Tensor {
  return filled("full", shape, value, options);
}

/** A tensor of one value. */
function filled(op: string, shape: Shape, value: number, options: CreateOptions): Tensor {
  const { dtype = "float32", requiresGrad, ...rest } = optionsOf(op, options);
  refuseUnknown(op, rest);
  assertElement(op, "value", dtype, value);
  assertShape(op, shape);
  assertDType(op, dtype);
  const out = allocate(op, [...shape], dtype);
  out.storage.backend.kernels.fill(out, Number(value));
  return requiresGrad ? out.requireGrad() : out;
}

/** Zeros. @param shape whole numbers of at least 0 @throws {TensorError} `ERR_SHAPE` */
export const zeros = (shape: Shape, options: CreateOptions = {}): Tensor =>
  filled("zeros", shape, 0, options);

/** A tensor of ones. @param shape whole numbers of at least 0 @throws {TensorError} `ERR_SHAPE` */
export const ones = (shape: Shape, options: CreateOptions = {}): Tensor =>
  filled("ones", shape, 1, options);

/** Zeros of the shape and type of `like`, on its backend. */
export function zerosLike(like: Tensor): Tensor {
  assertTensors("zerosLike", like);
  const out = allocate("zerosLike", like.shape, like.dtype, like.storage.backend);
  like.storage.backend.kernels.fill(out, 0);
  return out;
}

/**
 * start, start + step, … below `end`; int32 by default. `arange(5)` counts from 0.
 * @param step any finite number except 0
 * @throws {TensorError} `ERR_RANGE`, also for fractions when the type is int32
 */
export function arange(
  start: number,
  end?: number,
  step = 1,
  options: { dtype?: DType | undefined } = {},
): Tensor {
  const { dtype = "int32", ...rest } = optionsOf("arange", options);
  refuseUnknown("arange", rest);
  const [from, to] = end === undefined ? [0, start] : [start, end];
  assertFinite("arange", "start", from);
  assertFinite("arange", "end", to);
  assertFinite("arange", "step", step);
  const size = Math.max(0, Math.ceil((to - from) / step));
  if (step === 0 || size > LARGEST_SIZE)
    fail(
      "ERR_RANGE",
      `arange: step must not be 0 and give at most ${LARGEST_SIZE} numbers, got ${step} from ${from} to ${to}`,
      { start: from, end: to, step },
    );
  assertDType("arange", dtype);
  const out = allocate("arange", [size], dtype);
  const values = Float64Array.from({ length: size }, (_, i) => from + i * step);
  assertElements("arange", dtype, values);
  out.storage.backend.upload(out, values);
  return out;
}

/** The n×n identity. @param n a whole number of at least 0 @throws {TensorError} `ERR_RANGE` */
export function eye(n: number): Tensor {
  assertSize("eye", "n", n);
  const out = zeros([n, n]); // first, because memory may run out
  const values = new Float32Array(n * n);
  for (let i = 0; i < n; i++) values[i * n + i] = 1;
  return out.set(values);
}

/** The name of the backend in use, for messages and reports. */
export const backendName = (): string => getBackend().name;
