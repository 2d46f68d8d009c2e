import { tracked } from "../autograd/track";
import type { ReduceOp } from "../backend/kernels";
import { optionsOf, refuseUnknown } from "../errors";
import { aroundAxis, resolveAxis } from "../tensor/shape";
import { assertFinite, assertWholes, LARGEST_SIZE } from "../tensor/sizes";
import { allocate, type Tensor } from "../tensor/tensor";
import { div, eq, mul, sub, where } from "./binary";
import { assertFloat, assertTensors } from "./operands";
import { permute, reshape } from "./shape-ops";
import { cast, refuseNaN, shapeError } from "./support";
import { sqrt, square, unary } from "./unary";

/** Which axes a reduction removes. */
export interface ReduceOptions {
  /** One axis, several, or all (default). Negative counts from the end. */
  dim?: number | readonly number[] | undefined;
  /** Keep reduced axes with size 1. Default false. */
  keepDim?: boolean | undefined;
}

interface Plan {
  /** Moves the axes to keep to the front and flattens the reduced ones. */
  order: number[];
  isInPlace: boolean;
  keptShape: number[];
  outShape: number[];
  n: number;
}

const AXES = { least: -LARGEST_SIZE };

const OPTIONS: readonly (keyof ReduceOptions)[] = ["dim", "keepDim"];

function plan(op: string, x: Tensor, options: ReduceOptions): Plan {
  const { dim, keepDim = false, ...rest } = optionsOf(op, options);
  refuseUnknown(op, rest, OPTIONS);
  assertTensors(op, x);
  const dims = dim === undefined ? [...x.shape.keys()] : typeof dim === "number" ? [dim] : dim;
  assertWholes(op, "dim", dims, AXES);
  const reduced = new Set(dims.map((axis) => resolveAxis(op, axis, x.rank)));
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !reduced.has(axis));
  const order = [...kept, ...[...reduced].sort((a, b) => a - b)];
  return {
    order,
    isInPlace: order.every((axis, i) => axis === i),
    keptShape: x.shape.map((n, axis) => (reduced.has(axis) ? 1 : n)),
    outShape: keepDim
      ? x.shape.map((n, axis) => (reduced.has(axis) ? 1 : n))
      : kept.map((axis) => x.shape[axis]!),
    n: [...reduced].reduce((n, axis) => n * x.shape[axis]!, 1),
  };
}

/** Runs a reduction kernel over any axes; a single axis stays where it is, several are moved to the end. */
function reduceKernel(op: ReduceOp, x: Tensor, p: Plan, options: ReduceOptions): Tensor {
  const out = allocate(op, p.outShape, x.dtype, x.storage.backend);
  const { kernels } = x.storage.backend;
  const single = typeof options.dim === "number" ? options.dim : undefined;
  if (single !== undefined) {
    const { outer, n, inner } = aroundAxis(x.shape, resolveAxis(op, single, x.rank));
    kernels.reduce(op, out, x.contiguous(), outer, n, inner);
  } else {
    const rows = p.isInPlace
      ? x.contiguous()
      : x
          .view(
            p.order.map((a) => x.shape[a]!),
            p.order.map((a) => x.strides[a]!),
            x.offset,
          )
          .contiguous();
    kernels.reduce(op, out, rows, out.size, p.n, 1);
  }
  return out;
}

/** Σ x over the chosen axes. */
export function sum(x: Tensor, options: ReduceOptions = {}): Tensor {
  const p = plan("sum", x, options);
  const input = x.dtype === "bool" ? cast(x, "int32") : x;
  return tracked("sum", reduceKernel("sum", input, p, options), [x], () => {
    const { shape } = x;
    return (dy) => [reshape(dy, p.keptShape).expand(shape)];
  });
}

/** The mean over the chosen axes; NaN over no elements. */
export function mean(x: Tensor, options: ReduceOptions = {}): Tensor {
  const p = plan("mean", x, options);
  assertFloat("mean", x);
  return tracked("mean", reduceKernel("mean", x, p, options), [x], () => {
    const { shape } = x;
    return (dy) => [reshape(mul(dy, 1 / p.n), p.keptShape).expand(shape)];
  });
}

function extremum(op: "max" | "min", x: Tensor, options: ReduceOptions): Tensor {
  const p = plan(`a${op}`, x, options);
  const out = reduceKernel(op, x, p, options);
  return tracked(op, out, [x], (hold) => {
    const [input, value] = [hold(x), hold(out)];
    return (dy) => {
      // Equal extremes share the gradient equally, as in PyTorch's amax.
      const hit = cast(eq(input, reshape(value, p.keptShape)), "float32");
      const dims = p.keptShape.flatMap((n, axis) =>
        n === input.shape[axis] && n !== 1 ? [] : [axis],
      );
      const share = div(hit, sum(hit, { dim: dims, keepDim: true }));
      return [mul(share, reshape(dy, p.keptShape))];
    };
  });
}

/** The largest element over the chosen axes; equal ones share the gradient equally. */
export const amax = (x: Tensor, options: ReduceOptions = {}): Tensor => extremum("max", x, options);
/** The smallest element over the chosen axes. */
export const amin = (x: Tensor, options: ReduceOptions = {}): Tensor => extremum("min", x, options);

/** The product over the chosen axes; the gradient of each element is the product of the others. */
export function prod(x: Tensor, options: ReduceOptions = {}): Tensor {
  const p = plan("prod", x, options);
  return tracked("prod", reduceKernel("prod", x, p, options), [x], (hold) => {
    const input = hold(x);
    return (dy) => {
      // The product of the non-zero elements: with one zero, this is its gradient, and the gradient of each other element is 0.
      const isZero = eq(input, 0);
      const rest = where(isZero, 1, input);
      const product = reshape(reduceKernel("prod", rest, p, options), p.keptShape);
      const zeros = reshape(reduceKernel("sum", cast(isZero, "float32"), p, options), p.keptShape);
      const hasOthers = eq(sub(zeros, cast(isZero, "float32")), 0);
      return [mul(where(hasOthers, div(product, rest), 0), reshape(dy, p.keptShape))];
    };
  });
}

function argExtreme(
  op: "max" | "min",
  x: Tensor,
  options: { dim?: number | undefined; keepDim?: boolean | undefined },
): Tensor {
  const { dim, keepDim = false, ...rest } = optionsOf(`arg${op}`, options);
  refuseUnknown(`arg${op}`, rest);
  assertFloat(`arg${op}`, x);
  const flat = dim === undefined ? reshape(x, [x.size]) : x;
  const axis = resolveAxis(`arg${op}`, dim ?? 0, flat.rank);
  const { outer, n, inner } = aroundAxis(flat.shape, axis);
  const shape = keepDim
    ? flat.shape.map((size, i) => (i === axis ? 1 : size))
    : flat.shape.filter((_, i) => i !== axis);
  if (n === 0) shapeError(`arg${op}`, `axis ${dim ?? 0} has no elements`, x.shape);
  const dense = flat.contiguous();
  const out = allocate(`arg${op}`, shape, "int32", x.storage.backend);
  const hasNaN = x.storage.backend.kernels.argReduce(op, out, dense, outer, n, inner);
  refuseNaN(`arg${op}`, x.shape, hasNaN, out);
  return out;
}

/**
 * The index (int32) of the largest element along `dim` (default: in the flattened tensor). Of equal elements, the first.
 * @throws {TensorError} `ERR_RANGE` when the tensor holds NaN, `ERR_SHAPE` for an axis without elements
 */
export const argmax = (
  x: Tensor,
  options: { dim?: number | undefined; keepDim?: boolean | undefined } = {},
): Tensor => argExtreme("max", x, options);
/**
 * The index (int32) of the smallest element along `dim`, as `argmax`. Of equal elements, the first.
 * @throws {TensorError} as `argmax`
 */
export const argmin = (
  x: Tensor,
  options: { dim?: number | undefined; keepDim?: boolean | undefined } = {},
): Tensor => argExtreme("min", x, options);

type VarianceOptions = ReduceOptions & { correction?: number | undefined };

function varianceOf(op: string, x: Tensor, given: VarianceOptions): Tensor {
  const { correction = 1, ...options } = optionsOf(op, given);
  const { n } = plan(op, x, options);
  assertFinite(op, "correction", correction);
  const centred = sub(x, mean(x, { ...options, keepDim: true }));
  return mul(sum(square(centred), options), 1 / (n - correction));
}

/**
 * The variance, Σ (x − mean)² / (n − correction).
 * @param options.correction 1 (default) for the unbiased sample variance, 0 for the population's
 */
export const variance = (x: Tensor, options: VarianceOptions = {}): Tensor =>
  varianceOf("variance", x, options);

/** The square root of `variance`. */
export const std = (x: Tensor, options: VarianceOptions = {}): Tensor =>
  sqrt(varianceOf("std", x, options));

/** The Euclidean norm over the chosen axes; gradient 0 at 0. */
export function norm(x: Tensor, options: ReduceOptions = {}): Tensor {
  const p = plan("norm", x, options);
  assertFloat("norm", x);
  const out = unary("sqrt", reduceKernel("sumSquares", x.detach(), p, options));
  return tracked("norm", out, [x], (hold) => {
    const [input, value] = [hold(x), hold(out)];
    return (dy) => {
      const safe = value.add(eq(value, 0));
      return [mul(reshape(div(dy, safe), p.keptShape), input)];
    };
  });
}

/** Running sums along `dim`. */
export function cumsum(x: Tensor, dim: number): Tensor {
  assertTensors("cumsum", x);
  const run = (input: Tensor, reverse: boolean) => {
    const { outer, n, inner } = aroundAxis(input.shape, resolveAxis("cumsum", dim, input.rank));
    const out = allocate("cumsum", input.shape, input.dtype, input.storage.backend);
    input.storage.backend.kernels.cumsum(out, input.contiguous(), outer, n, inner, reverse);
    return out;
  };
  return tracked("cumsum", run(x, false), [x], () => (dy) => [run(dy, true)]);
}

/** ln Σ e^x along the last axis, without overflow. The result has the shape of x without that axis. */
export function logSumExp(x: Tensor): Tensor {
  assertFloat("logSumExp", x);
  if (x.rank === 0) shapeError("logSumExp", "needs at least one axis", x.shape);
  const n = x.shape[x.rank - 1]!;
  const out = allocate("logSumExp", x.shape.slice(0, -1), "float32", x.storage.backend);
  x.storage.backend.kernels.logSumExp(out, x.contiguous(), out.size, n);
  return tracked("logSumExp", out, [x], (hold) => {
    const [input, value] = [hold(x), hold(out)];
    return (dy) => [
      mul(
        unary("exp", sub(input, reshape(value, [...value.shape, 1]))),
        reshape(dy, [...dy.shape, 1]),
      ),
    ];
  });
}

/** Moves `axis` to the end, applies `fn` over rows, moves it back. */
export function alongLast(
  x: Tensor,
  dim: number,
  op: string,
  fn: (rows: Tensor) => Tensor,
): Tensor {
  assertTensors(op, x);
  const axis = resolveAxis(op, dim, x.rank);
  if (axis === x.rank - 1) return fn(x);
  const order = [...x.shape.keys()].filter((a) => a !== axis).concat(axis);
  const inverse = order.map((_, a) => order.indexOf(a));
  return permute(fn(permute(x, order)), inverse);
}
