import { fail, optionsOf, refuseUnknown } from "../errors";
import { assertFinite, assertWhole, showValue } from "../tensor/sizes";
import { allocate, type Tensor } from "../tensor/tensor";
import { indexSelect } from "./indexing";
import { assertFloat } from "./operands";
import { permute, reshape } from "./shape-ops";
import { shapeError } from "./support";
import { FURTHEST, type Pair, pair } from "./windows";

export interface InterpolateOptions {
  /** Rows and columns of the result. Either this or `scaleFactor`. */
  size?: Pair | undefined;
  /** The result has ⌊n · scaleFactor⌋ rows and columns. Above 0. */
  scaleFactor?: Pair | undefined;
  /** If true, the centres of the corner pixels are aligned, otherwise their outer edges. Default false. */
  alignCorners?: boolean | undefined;
}

/** One axis: its new size, and the number of input pixels that one step of the result spans. */
interface Axis {
  size: number;
  step: number;
}

const OP = "interpolateBilinear";

function scalesOf(scaleFactor: Pair): readonly [number, number] {
  const both: unknown = typeof scaleFactor === "number" ? [scaleFactor, scaleFactor] : scaleFactor;
  if (!Array.isArray(both) || both.length !== 2)
    fail(
      "ERR_RANGE",
      `${OP}: scaleFactor must be a number above 0 or two, got ${showValue(scaleFactor)}`,
      { op: OP },
    );
  for (const scale of both) assertFinite(OP, "scaleFactor", scale, { least: Number.MIN_VALUE });
  return both as unknown as readonly [number, number];
}

function axesOf(
  x: Tensor,
  { size, scaleFactor, alignCorners = false }: InterpolateOptions,
): readonly [Axis, Axis] {
  if ((size === undefined) === (scaleFactor === undefined))
    fail(
      "ERR_ARGUMENT",
      `${OP}: needs either size or scaleFactor, got ${size === undefined ? "neither" : "both"}`,
      { op: OP },
    );
  const lengths = [x.shape[2]!, x.shape[3]!] as const;
  const scales = scaleFactor === undefined ? undefined : scalesOf(scaleFactor);
  const sizes = scales
    ? lengths.map((n, axis) => Math.floor(n * scales[axis]!))
    : pair(OP, "size", size!, 1);
  const axis = (at: 0 | 1): Axis => {
    const [n, out] = [lengths[at], sizes[at]!];
    assertWhole(OP, "the result's size", out, { least: 1, most: FURTHEST });
    if (alignCorners) return { size: out, step: out > 1 ? (n - 1) / (out - 1) : 0 };
    const isCopied = out === n;
    return { size: out, step: scales && !isCopied ? 1 / scales[at]! : n / out };
  };
  return [axis(0), axis(1)];
}

/** The two neighbours of each position of the result, and the weight of the second. */
function placesOn(n: number, { size, step }: Axis, alignCorners: boolean) {
  const [low, high] = [new Int32Array(size), new Int32Array(size)];
  const share = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    const at = alignCorners ? step * i : Math.max(0, step * (i + 0.5) - 0.5);
    const first = Math.min(Math.floor(at), n - 1);
    low[i] = first;
    high[i] = Math.min(first + 1, n - 1);
    share[i] = Math.min(1, at - first);
  }
  return { low, high, share, rest: share.map((value) => 1 - value) };
}

/** Interpolates along the first axis. @param rows shape [n, m] @returns shape [axis.size, m] */
function alongFirst(rows: Tensor, axis: Axis, alignCorners: boolean): Tensor {
  const { low, high, share, rest } = placesOn(rows.shape[0]!, axis, alignCorners);
  const { backend } = rows.storage;
  const table = (values: Int32Array | Float32Array) => {
    const isIndex = values instanceof Int32Array;
    const shape = isIndex ? [axis.size] : [axis.size, 1];
    const out = allocate(OP, shape, isIndex ? "int32" : "float32", backend);
    backend.upload(out, values);
    return out;
  };
  const dense = rows.contiguous();
  const weighted = (index: Int32Array, weight: Float32Array) =>
    indexSelect(dense, 0, table(index)).mul(table(weight));
  return weighted(low, rest).add(weighted(high, share));
}

/**
 * Resizes images by bilinear interpolation of four neighbours: PyTorch's `interpolate` with mode "bilinear", without
 * antialiasing. Position i of an axis of n reads at max(0, (i + ½)·n/out − ½), or with aligned corners at i·(n − 1)/(out − 1).
 *
 * @param x shape [batch, channels, height, width], height and width at least 1
 * @param options.size whole numbers of at least 1; with `scaleFactor`, 1/scaleFactor replaces n/out, but for an axis that keeps
 *   its size: it is copied, as PyTorch does on the CPU
 * @param options.alignCorners default false
 * @returns shape [batch, channels, outHeight, outWidth]
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, `ERR_RANGE`, or `ERR_ARGUMENT` unless one of size and scaleFactor is given
 */
export function interpolateBilinear(x: Tensor, options: InterpolateOptions): Tensor {
  const { alignCorners = false, size, scaleFactor, ...rest } = optionsOf(OP, options);
  refuseUnknown(OP, rest);
  assertFloat(OP, x);
  if (x.rank !== 4 || x.shape[2] === 0 || x.shape[3] === 0)
    shapeError(OP, "x must be [batch, channels, height, width] with at least one pixel", x.shape);
  if (typeof alignCorners !== "boolean")
    fail("ERR_ARGUMENT", `${OP}: alignCorners must be true or false`);
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const [vertical, horizontal] = axesOf(x, { size, scaleFactor, alignCorners });
  const planes = batch * channels;
  // [planes, height, width] -> [width, planes · height] -> [outWidth, planes · height]
  const columns = permute(reshape(x, [planes, height, width]), [2, 0, 1]);
  const wide = alongFirst(reshape(columns, [width, planes * height]), horizontal, alignCorners);
  // -> [height, planes · outWidth] -> [outHeight, planes · outWidth]
  const rows = permute(reshape(wide, [horizontal.size, planes, height]), [2, 1, 0]);
  const tall = alongFirst(
    reshape(rows, [height, planes * horizontal.size]),
    vertical,
    alignCorners,
  );
  const out = permute(reshape(tall, [vertical.size, planes, horizontal.size]), [1, 0, 2]);
  return reshape(out, [batch, channels, vertical.size, horizontal.size]);
}
