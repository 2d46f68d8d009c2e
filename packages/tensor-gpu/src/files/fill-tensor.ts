import { isCompact } from "../backend/view";
import { assertKind, optionsOf, refuseUnknown, TensorError } from "../errors";
import { CompactTensor } from "../tensor/compact-tensor";
import { sameShape, showShape } from "../tensor/shape";
import type { Tensor } from "../tensor/tensor";
import { Q8_BLOCK_BYTES } from "./q8-blocks";
import type { ReadOptions, TensorFile } from "./tensor-file";

/** Numbers widened at a time. */
const PIECE = 1 << 22;
/** Bytes read at a time where they go directly to their destination. */
const STRAIGHT_BYTES = 1 << 24;

/** Whether a file's elements of this type are stored as the tensor's are, apart from the order within groups of eight. */
function isStraight(x: Tensor, stored: string): boolean {
  if (!x.isContiguous) return false;
  if (x.dtype === "bfloat16") return stored === "BF16" && x.shape.at(-1)! % 8 === 0;
  if (x.dtype === "int8") return stored === "Q8_0";
  return x.dtype === "float32" && stored === "F32";
}

/** The memory of a contiguous tensor, valid until the next allocation. */
function memoryOf(x: Tensor): Uint8Array | undefined {
  if (x instanceof CompactTensor) return x.bytes();
  return x.storage.backend.bytes?.(x.storage.handle, 4 * x.offset, 4 * x.size);
}

/** @throws {TensorError} `ERR_FORMAT` for scales that are not finite */
function assertScales(name: string, blocks: Uint8Array, first: number): void {
  for (let at = 1; at < blocks.length; at += Q8_BLOCK_BYTES)
    if ((blocks[at]! & 0x7c) === 0x7c)
      throw new TensorError(
        "ERR_FORMAT",
        `tensor-gpu/fillTensor: ${name} is damaged: the scale of block ${first + (at - 1) / Q8_BLOCK_BYTES} is not finite`,
        { fields: { name } },
      );
}

async function fillStraight(
  x: Tensor,
  file: TensorFile,
  name: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const memory = isStraight(x, file.info(name).dtype) ? memoryOf(x) : undefined;
  if (!memory) return false;
  x.storage.noteWrite();
  const step = STRAIGHT_BYTES - (STRAIGHT_BYTES % Q8_BLOCK_BYTES);
  // Memory that is not shared may move while the file is read.
  const isFixed = !(memory.buffer instanceof ArrayBuffer);
  const { length } = memory;
  for (let offset = 0; offset < length; offset += step) {
    const size = Math.min(step, length - offset);
    const target = isFixed ? memory.subarray(offset, offset + size) : new Uint8Array(size);
    await file.readInto(name, target, { offset, signal });
    if (!isFixed) memoryOf(x)!.set(target, offset);
    if (x.dtype === "int8") assertScales(name, target, offset / Q8_BLOCK_BYTES);
  }
  if (x instanceof CompactTensor && x.dtype === "bfloat16") x.arrange();
  return true;
}

/** Overwrites a tensor; the error names the tensor when its type cannot hold the numbers. */
function setNamed(x: Tensor, name: string, data: ArrayLike<number>): void {
  try {
    x.set(data);
  } catch (cause) {
    if (!TensorError.isInstance(cause) || cause.code !== "ERR_RANGE") throw cause;
    throw new TensorError("ERR_RANGE", `tensor-gpu/fillTensor: ${name}: ${cause.message}`, {
      fields: { name },
      cause,
    });
  }
}

/**
 * Overwrites a tensor with one from a file, off the tape. Where the types agree, bytes are read directly into the
 * tensor. Otherwise numbers are converted a few rows at a time, so that a large weight is never held twice.
 *
 * @param x float32, bfloat16 or int8, of the stored shape
 * @throws {TensorError} `ERR_SHAPE`; `ERR_RANGE` naming a tensor with numbers that the type does not hold; `ERR_FORMAT`
 *   naming a damaged one; errors of reading
 */
export async function fillTensor(
  x: Tensor,
  file: TensorFile,
  name: string,
  options: ReadOptions = {},
): Promise<void> {
  const { signal, ...rest } = optionsOf("fillTensor", options);
  refuseUnknown("fillTensor", rest);
  assertKind(x?.storage !== undefined, "fillTensor", "needs a tensor", x);
  assertKind(
    typeof file?.info === "function",
    "fillTensor",
    "file must be an open file of tensors",
    file,
  );
  const { shape } = file.info(name);
  if (!sameShape(shape, x.shape))
    throw new TensorError(
      "ERR_SHAPE",
      `tensor-gpu/fillTensor: ${name} must be ${showShape(x.shape)}, the file has ${showShape(shape)}`,
      { fields: { name, shape, expected: x.shape } },
    );
  if (x.size === 0 || (await fillStraight(x, file, name, signal))) return;
  const rowSize = x.size / (shape[0] ?? 1);
  const step = Math.max(1, Math.floor(PIECE / rowSize));
  const isWhole = shape.length < 2 || (isCompact(x.dtype) && !x.isContiguous);
  if (isWhole || step >= shape[0]!) {
    setNamed(x, name, (await file.readFloat32(name, { signal })).data);
    return;
  }
  for (let first = 0; first < shape[0]!; first += step) {
    const count = Math.min(step, shape[0]! - first);
    const { data } = await file.readRows(name, first, first + count, { signal });
    const rows = x.view([count, ...shape.slice(1)], x.strides, x.offset + first * x.strides[0]!);
    try {
      setNamed(rows, name, data);
    } finally {
      rows.dispose();
    }
  }
}
