import type { DType } from "../backend/backend";
import { getBackend } from "../backend/registry";
import { TensorError } from "../errors";
import { resolveReshape, type Shape } from "../tensor/shape";
import { allocate, type Tensor } from "../tensor/tensor";

/** Numbers, or arrays of them nested as deep as the tensor has axes. */
export type NestedNumbers = number | boolean | ArrayLike<number> | readonly NestedNumbers[];

export interface CreateOptions {
  /** Element type; `tensor()` takes it from the data (Int32Array: int32, booleans: bool), others default to float32. */
  dtype?: DType;
  /** Marks the new tensor as a leaf that wants a gradient. */
  requiresGrad?: boolean;
}

/** Appends the numbers in order; the shape is that of the first element at each depth. */
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
  const items = data as ArrayLike<NestedNumbers>;
  if (depth >= shape.length || items.length !== shape[depth]) throw ragged(depth);
  for (let i = 0; i < items.length; i++) flatten(items[i]!, into, shape, depth + 1);
}

const ragged = (axis: number) =>
  new TensorError(
    "ERR_SHAPE",
    `tensor-gpu/tensor: ragged data, entries along axis ${axis} differ in length or depth`,
  );

function nestedShape(data: NestedNumbers): number[] {
  const shape: number[] = [];
  for (
    let inner: NestedNumbers | undefined = data;
    typeof inner === "object";
    inner = (inner as ArrayLike<NestedNumbers>)[0]
  )
    shape.push((inner as ArrayLike<NestedNumbers>).length);
  return shape;
}

function deduceDtype(data: NestedNumbers): DType {
  if (data instanceof Int32Array) return "int32";
  let first = data;
  while (typeof first === "object") first = (first as ArrayLike<NestedNumbers>)[0] ?? 0;
  return typeof first === "boolean" ? "bool" : "float32";
}

function finish(out: Tensor, options: CreateOptions): Tensor {
  return options.requiresGrad ? out.requireGrad() : out;
}

/**
 * A tensor holding a copy of `data`.
 *
 * @param data a number, nested arrays, or a flat typed array together with `options.shape`
 * @param options.shape the shape of flat data; default: as nested
 * @throws {TensorError} `ERR_SHAPE` for ragged data or a shape of another size
 */
export function tensor(
  data: NestedNumbers,
  options: CreateOptions & { shape?: Shape } = {},
): Tensor {
  const dtype = options.dtype ?? deduceDtype(data);
  let flat: ArrayLike<number>;
  let shape: number[] = [];
  if (ArrayBuffer.isView(data)) {
    flat = data as unknown as ArrayLike<number>;
    shape = [flat.length];
  } else {
    const values: number[] = [];
    shape = nestedShape(data);
    flatten(data, values, shape, 0);
    flat = values;
  }
  const out = allocate(
    "tensor",
    options.shape ? resolveReshape("tensor", shape, options.shape) : shape,
    dtype,
  );
  out.storage.backend.upload(out, flat);
  return finish(out, options);
}

/** A tensor with every element `value`. */
export function full(shape: Shape, value: number, options: CreateOptions = {}): Tensor {
  const out = allocate("full", shape, options.dtype);
  out.storage.backend.kernels.fill(out, value);
  return finish(out, options);
}

export const zeros = (shape: Shape, options: CreateOptions = {}): Tensor => full(shape, 0, options);
export const ones = (shape: Shape, options: CreateOptions = {}): Tensor => full(shape, 1, options);
/** Zeros of the shape and type of `like`, on its back end. */
export function zerosLike(like: Tensor): Tensor {
  const out = allocate("zerosLike", like.shape, like.dtype, like.storage.backend);
  like.storage.backend.kernels.fill(out, 0);
  return out;
}

/** start, start + step, … below `end`; int32 by default. `arange(5)` counts from 0. */
export function arange(
  start: number,
  end?: number,
  step = 1,
  { dtype = "int32" }: { dtype?: DType } = {},
): Tensor {
  const [from, to] = end === undefined ? [0, start] : [start, end];
  const size = Math.max(0, Math.ceil((to - from) / step));
  const values = Float64Array.from({ length: size }, (_, i) => from + i * step);
  return tensor(values, { dtype });
}

/** The n×n identity. */
export function eye(n: number): Tensor {
  const values = new Float32Array(n * n);
  for (let i = 0; i < n; i++) values[i * n + i] = 1;
  return tensor(values, { shape: [n, n] });
}

/** The name of the back end in use, for messages and reports. */
export const backendName = (): string => getBackend().name;
