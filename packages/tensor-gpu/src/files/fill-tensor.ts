import { blockBytes, hasWholeBlocks } from "../backend/compact-format";
import { type CompactType, isCompact } from "../backend/view";
import { assertKind, optionsOf, refuseUnknown, TensorError } from "../errors";
import { CompactTensor } from "../tensor/compact-tensor";
import { sameShape, showShape } from "../tensor/shape";
import type { Tensor } from "../tensor/tensor";
import { enableBlockTypes } from "./block-types";
import type { ReadOptions, TensorFile } from "./tensor-file";

/** Numbers widened at a time. */
const PIECE = 1 << 22;
/** Bytes read at a time where they go directly to their destination: still in the processor's cache when they are checked. */
const STRAIGHT_BYTES = 1 << 20;

/** Compact types by the element types of files that they hold as these are. */
const HELD_AS: Readonly<Record<string, CompactType>> = {
  BF16: "bfloat16",
  F16: "float16",
  Q8_0: "int8",
  Q4_0: "q4_0",
  Q5_0: "q5_0",
  Q4_K: "q4_k",
  Q5_K: "q5_k",
  Q6_K: "q6_k",
};

/** Blocks of files that no compact type holds as they are. */
const ROUNDED = ["Q4_1", "Q5_1", "IQ4_NL", "IQ4_XS", "Q2_K", "Q3_K"];

/**
 * The compact type that holds a file's elements as they are, without loss; for blocks of Q4_1, Q5_1, IQ4_NL, IQ4_XS, Q2_K and
 * Q3_K, which have none, `"int8"`, to which they are rounded; undefined for other types.
 * @param stored the type of the elements in a file, such as `"Q4_K"`
 * @param columns elements of a row; they must be whole blocks of the type
 * @throws {TensorError} `ERR_ARGUMENT` for a type that is no text
 */
export function compactTypeOf(stored: string, columns: number): CompactType | undefined {
  assertKind(typeof stored === "string", "compactTypeOf", "needs the name of a type", stored);
  const held = Object.hasOwn(HELD_AS, stored) ? HELD_AS[stored] : undefined;
  const type = ROUNDED.includes(stored) ? "int8" : held;
  const isFloat = type === "bfloat16" || type === "float16";
  return type && (isFloat || hasWholeBlocks(type, columns)) ? type : undefined;
}

/** Whether a file's elements of this type are stored as the tensor's are, apart from the order within groups of eight. */
function isStraight(x: Tensor, stored: string): boolean {
  if (!x.isContiguous) return false;
  if (!isCompact(x.dtype)) return x.dtype === "float32" && stored === "F32";
  return HELD_AS[stored] === x.dtype && hasWholeBlocks(x.dtype, x.shape.at(-1)!);
}

/** The memory of a contiguous tensor, valid until the next allocation. */
function memoryOf(x: Tensor): Uint8Array | undefined {
  if (x instanceof CompactTensor) return x.bytes();
  return x.storage.backend.bytes?.(x.storage.handle, 4 * x.offset, 4 * x.size);
}

/** Where in a block its float16 numbers stand. */
const SCALES: Partial<Record<CompactType, readonly number[]>> = {
  int8: [0],
  q4_0: [0],
  q5_0: [0],
  q4_k: [0, 2],
  q5_k: [0, 2],
  q6_k: [208],
};

/** @throws {TensorError} `ERR_FORMAT` for scales that are not finite */
function assertScales(name: string, type: CompactType, bytes: Uint8Array, first: number): void {
  const size = blockBytes(type);
  const [scale, least = scale] = SCALES[type] ?? [];
  if (scale === undefined || least === undefined) return;
  for (let at = 1; at < bytes.length; at += size)
    if ((bytes[at + scale]! & 0x7c) === 0x7c || (bytes[at + least]! & 0x7c) === 0x7c)
      throw new TensorError(
        "ERR_FORMAT",
        `tensor-gpu/fillTensor: ${name} is damaged: the scale of block ${first + Math.floor(at / size)} is not finite`,
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
  const type = isCompact(x.dtype) ? x.dtype : undefined;
  const size = type ? blockBytes(type) : 4;
  const step = STRAIGHT_BYTES - (STRAIGHT_BYTES % size);
  // Memory that is not shared may move while the file is read.
  const isFixed = !(memory.buffer instanceof ArrayBuffer);
  const { length } = memory;
  const piece = new Uint8Array(isFixed ? 0 : Math.min(step, length));
  for (let offset = 0; offset < length; offset += step) {
    const count = Math.min(step, length - offset);
    const target = isFixed ? memory.subarray(offset, offset + count) : piece.subarray(0, count);
    await file.readInto(name, target, { offset, signal });
    if (!isFixed) memoryOf(x)!.set(target, offset);
    if (type) assertScales(name, type, target, offset / size);
  }
  if (x instanceof CompactTensor && x.dtype === "bfloat16") x.arrange();
  return true;
}

/** Widened blocks are finite where their scales are. @throws {TensorError} `ERR_FORMAT` */
function assertFinite(name: string, stored: string, data: ArrayLike<number>): void {
  if (!/^I?Q\d/.test(stored)) return; // floats may be anything
  for (let i = 0; i < data.length; i++)
    if (!Number.isFinite(data[i]))
      throw new TensorError(
        "ERR_FORMAT",
        `tensor-gpu/fillTensor: ${name} is damaged: the scale of a block is not finite`,
        { fields: { name } },
      );
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
 * @param x float32 or of a compact type, of the stored shape
 * @throws {TensorError} `ERR_SHAPE`; `ERR_RANGE` naming a tensor with numbers that the type does not hold (q4_k,
 *   q5_k and q6_k hold only what is stored so); `ERR_FORMAT` naming a damaged one; errors of reading
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
  const { shape, dtype: stored } = file.info(name);
  if (!sameShape(shape, x.shape))
    throw new TensorError(
      "ERR_SHAPE",
      `tensor-gpu/fillTensor: ${name} must be ${showShape(x.shape)}, the file has ${showShape(shape)}`,
      { fields: { name, shape, expected: x.shape } },
    );
  if (isCompact(x.dtype)) await enableBlockTypes();
  if (x.size === 0 || (await fillStraight(x, file, name, signal))) return;
  const rowSize = x.size / (shape[0] ?? 1);
  const step = Math.max(1, Math.floor(PIECE / rowSize));
  const isWhole = shape.length < 2 || (isCompact(x.dtype) && !x.isContiguous);
  if (isWhole || step >= shape[0]!) {
    const { data } = await file.readFloat32(name, { signal });
    assertFinite(name, stored, data);
    setNamed(x, name, data);
    return;
  }
  for (let first = 0; first < shape[0]!; first += step) {
    const count = Math.min(step, shape[0]! - first);
    const { data } = await file.readRows(name, first, first + count, { signal });
    assertFinite(name, stored, data);
    const rows = x.view([count, ...shape.slice(1)], x.strides, x.offset + first * x.strides[0]!);
    try {
      setNamed(rows, name, data);
    } finally {
      rows.dispose();
    }
  }
}
