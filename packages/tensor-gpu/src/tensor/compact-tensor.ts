import { inScope } from "../autograd/open-scopes";
import { compactBytes, compactRowBytes } from "../backend/compact-format";
import type { CompactKernels, CompactRows } from "../backend/compact-kernels";
import { getBackend } from "../backend/current";
import type { CompactType } from "../backend/view";
import { fail, TensorError } from "../errors";
import { assertElements } from "./elements";
import { contiguousStrides, type Shape, showShape } from "./shape";
import { Storage } from "./storage";
import { allocate, Tensor } from "./tensor";

/** Elements that are widened or narrowed at once. */
const PIECE = 1 << 22;

/** @throws {TensorError} `ERR_BACKEND` where the backend holds no compact weights */
export function compactKernels({ name, compact }: Storage["backend"]): CompactKernels {
  if (compact) return compact;
  fail("ERR_BACKEND", `tensor-gpu: backend ${name} holds no compact weights; use wasm or js`, {
    backend: name,
  });
}

/** The elements of a matrix [rows, columns] as those of [columns, rows]. */
function transposed(data: ArrayLike<number>, rows: number, columns: number): Float32Array {
  const out = new Float32Array(rows * columns);
  for (let c = 0; c < columns; c++)
    for (let r = 0; r < rows; r++) out[c * rows + r] = data[r * columns + c]!;
  return out;
}

/**
 * A weight in fewer bits, for inference: bfloat16, float16, or a type of GGML's blocks as files hold them: int8 (Q8_0, 32
 * numbers with a float16 scale), q4_0, q5_0, and q4_k, q5_k and q6_k, which come from files only. It can be multiplied (`linear`, `groupedLinear`), looked up (`embedding`), converted (`to`) and seen as whole rows; other
 * operators refuse it. No gradient goes through it.
 */
export class CompactTensor extends Tensor {
  declare readonly dtype: CompactType;

  /** @param columns elements of a row in memory: the last axis of the tensor that it was made as */
  constructor(
    storage: Storage,
    shape: Shape,
    strides: Shape,
    offset: number,
    dtype: CompactType,
    readonly columns: number,
  ) {
    super(storage, shape, strides, offset, dtype);
  }

  /**
   * The same memory under another shape: whole rows, or a matrix of them transposed.
   * @throws {TensorError} `ERR_DTYPE` for a view that cuts rows, `ERR_RANGE` for rows outside the memory
   */
  override view(shape: Shape, strides: Shape, offset: number): Tensor {
    this.assertAlive("view");
    const { columns, dtype } = this;
    const row = shape.findIndex((n, axis) => n === columns && strides[axis] === 1);
    const isOuter = (axis: number) => shape[axis]! <= 1 || strides[axis]! % columns === 0;
    const isWhole = row >= 0 && shape.every((_, axis) => axis === row || isOuter(axis));
    const steps = shape.map((n, axis) => (axis === row ? 0 : (n - 1) * strides[axis]!));
    const last = offset + steps.reduce((a, b) => a + b, 0);
    if (!isWhole || offset % columns !== 0 || steps.some((step) => step < 0))
      fail(
        "ERR_DTYPE",
        `tensor-gpu: ${dtype} can only be seen as whole rows of ${columns}, not as ${showShape(shape)} with strides ${showShape(strides)} from ${offset} on`,
        { shape, strides, offset, columns },
      );
    const end = (last / columns + 1) * compactRowBytes(dtype, columns);
    if (offset < 0 || end > this.storage.byteLength)
      fail("ERR_RANGE", `view: shape ${showShape(shape)} reaches outside the tensor's memory`, {
        shape,
        strides,
        offset,
      });
    return this.handle(shape, strides, offset);
  }

  protected override handle(shape: Shape, strides: Shape, offset: number): Tensor {
    const { storage, dtype, columns } = this;
    return new CompactTensor(storage.retain(), shape, strides, offset, dtype, columns);
  }

  /** Bytes from one row to the next. */
  get rowBytes(): number {
    return compactRowBytes(this.dtype, this.columns);
  }

  /** Rows first … first + count − 1 of the memory as kernels see them. */
  rowsFrom(first: number, rows: number): CompactRows {
    const { dtype: format, columns, storage, offset } = this;
    const byteOffset = (offset / columns + first) * compactRowBytes(format, columns);
    return { format, handle: storage.handle, byteOffset, rows, columns };
  }

  /**
   * All rows as kernels see them.
   * @throws {TensorError} `ERR_SHAPE` unless they follow one another
   */
  rows(): CompactRows {
    const { columns, size } = this;
    if (this.isContiguous) return this.rowsFrom(0, size / columns);
    fail(
      "ERR_SHAPE",
      `tensor-gpu: rows of ${this.dtype} must follow one another, got ${showShape(this.shape)}`,
      { shape: this.shape, strides: this.strides },
    );
  }

  /** The bytes as they lie in memory, until something is allocated; undefined where the backend has no such memory. */
  bytes(): Uint8Array | undefined {
    const { byteOffset, handle, rows } = this.rows();
    const length = rows * this.rowBytes;
    return this.storage.backend.bytes?.(handle, byteOffset, length);
  }

  /** Puts bfloat16s that were read into `bytes()` in their usual order into that of the kernels. */
  arrange(): void {
    compactKernels(this.storage.backend).arrange(this.rows());
  }

  /** The elements as float32, row-major. */
  override async data(): Promise<Float32Array> {
    this.assertAlive("data");
    const out = new Float32Array(this.size);
    for (const { first, wide } of this.widePieces()) out.set(await wide.data(), first);
    return this.ordered(out);
  }

  /** `data()` at once. @throws {TensorError} `ERR_BACKEND` on a backend that can only answer asynchronously */
  override dataSync(): Float32Array {
    this.assertAlive("dataSync");
    const out = new Float32Array(this.size);
    for (const { first, wide } of this.widePieces()) out.set(wide.dataSync(), first);
    return this.ordered(out);
  }

  /**
   * Overwrites the elements with the nearest that the type has, row-major.
   * @throws {TensorError} `ERR_SHAPE` when the count differs; `ERR_RANGE` where the type does not hold a number:
   * q4_k, q5_k and q6_k take none, since only files have them
   */
  override set(data: ArrayLike<number>): this {
    this.assertAlive("set");
    assertElements("set", "float32", data);
    if (data.length !== this.size)
      fail(
        "ERR_SHAPE",
        `set: ${showShape(this.shape)} takes ${this.size} numbers, got ${data.length}`,
      );
    const { columns, storage } = this;
    storage.noteWrite();
    const source = this.isTransposed ? transposed(data, columns, this.size / columns) : data;
    for (const [first, count] of this.pieces()) {
      const wide = allocate("set", [count, columns], "float32", storage.backend);
      try {
        storage.backend.upload(wide, partOf(source, first * columns, count * columns));
        if (!compactKernels(storage.backend).encode(this.rowsFrom(first, count), wide))
          throw notHeld(this.dtype);
      } finally {
        wide.dispose();
      }
    }
    return this;
  }

  private get isTransposed(): boolean {
    return !this.isContiguous && this.rank === 2 && this.strides[0] === 1;
  }

  /** First row and number of rows of pieces that are worked on at once. @throws {TensorError} `ERR_SHAPE` as `rows` */
  private *pieces(): Generator<[first: number, count: number]> {
    const { columns } = this;
    const rows = this.isTransposed ? this.size / columns : this.rows().rows;
    const step = Math.max(1, Math.floor(PIECE / columns));
    for (let first = 0; first < rows; first += step) yield [first, Math.min(step, rows - first)];
  }

  private *widePieces(): Generator<{ first: number; wide: Tensor }> {
    const { columns, storage } = this;
    const { widen } = compactKernels(storage.backend);
    for (const [first, count] of this.pieces()) {
      const wide = allocate("data", [count, columns], "float32", storage.backend);
      try {
        widen(wide, this.rowsFrom(first, count), null);
        yield { first: first * columns, wide };
      } finally {
        wide.dispose();
      }
    }
  }

  private ordered(out: Float32Array): Float32Array {
    return this.isTransposed ? transposed(out, this.size / this.columns, this.columns) : out;
  }
}

const partOf = (data: ArrayLike<number>, first: number, count: number): ArrayLike<number> =>
  data instanceof Float32Array
    ? data.subarray(first, first + count)
    : Float32Array.from({ length: count }, (_, i) => data[first + i]!);

export const notHeld = (dtype: CompactType): TensorError =>
  new TensorError("ERR_RANGE", `${dtype} cannot hold these numbers`);

/**
 * A compact tensor with undefined contents.
 * @param shape at least one axis; the last is a row
 * @throws {TensorError} `ERR_BACKEND` where the backend holds none, `ERR_SHAPE`, `ERR_MEMORY`
 */
export function allocateCompact(
  op: string,
  shape: Shape,
  dtype: CompactType,
  backend = getBackend(),
): CompactTensor {
  compactKernels(backend);
  const columns = shape.at(-1) ?? 0;
  if (columns === 0)
    fail("ERR_SHAPE", `${op}: ${dtype} needs rows, got shape ${showShape(shape)}`, { shape });
  const storage = new Storage(backend, compactBytes(dtype, shape), op, inScope());
  return new CompactTensor(storage, shape, contiguousStrides(shape), 0, dtype, columns);
}
