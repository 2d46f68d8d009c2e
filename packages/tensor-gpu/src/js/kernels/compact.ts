import {
  BLOCK,
  BLOCK_BYTES,
  canEncode,
  compactRowBytes,
  GROUP,
} from "../../backend/compact-format";
import type { CodedNumbers, CompactKernels, CompactRows } from "../../backend/compact-kernels";
import { fromFloat16, toBfloat16, toFloat16 } from "../../files/casts";
import { fromQ4KBlocks, fromQ5KBlocks, fromQ6KBlocks } from "../../files/k-blocks";
import { fromQ4Blocks, fromQ5Blocks } from "../../files/nibble-blocks";
import { toNibbleBlocks } from "../../files/to-blocks";
import type { Heap } from "../array-heap";

type OnHeap = {
  [Name in keyof CompactKernels]: (
    heap: Heap,
    ...args: Parameters<CompactKernels[Name]>
  ) => ReturnType<CompactKernels[Name]>;
};

/** Position of each element within its group, in 16-bit words. */
const WORD_OF = [0, 2, 4, 6, 1, 3, 5, 7];

/** The bytes of one row. */
function rowOf(heap: Heap, { format, handle, byteOffset, columns }: CompactRows, row: number) {
  const rowBytes = compactRowBytes(format, columns);
  return heap.bytes(handle, byteOffset + row * rowBytes, rowBytes);
}

const words = (bytes: Uint8Array) =>
  new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);

function encodeBfloat16(x: Float32Array, out: Uint16Array): void {
  const codes = toBfloat16(x);
  out.fill(0);
  for (let i = 0; i < codes.length; i++) out[i - (i % GROUP) + WORD_OF[i % GROUP]!] = codes[i]!;
}

/** Rounds to the nearest integer, ties to even. */
function roundEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return floor + (rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? 1 : 0);
}

function encodeInt8(x: Float32Array, out: Uint8Array): boolean {
  const signed = new Int8Array(out.buffer, out.byteOffset, out.length).fill(0);
  for (let first = 0, at = 0; first < x.length; first += BLOCK, at += BLOCK_BYTES) {
    const block = x.subarray(first, first + BLOCK);
    let most = 0;
    for (const value of block) if (!(Math.abs(value) <= most)) most = Math.abs(value);
    const scale = Math.fround(most / 127);
    if (!(scale <= 65504)) return false;
    words(out.subarray(at, at + 2))[0] = toFloat16(Float32Array.of(scale))[0]!;
    const inverse = scale > 0 ? Math.fround(1 / scale) : 0;
    for (const [i, value] of block.entries()) {
      const q = roundEven(Math.fround(value * inverse));
      signed[at + 2 + i] = Math.max(-127, Math.min(127, q));
    }
  }
  return true;
}

/** As float16, refusing finite numbers that become infinite. */
function encodeFloat16(x: Float32Array, out: Uint16Array): boolean {
  out.fill(0).set(toFloat16(x));
  return x.every((value) => !(Math.abs(value) >= 65520) || Math.abs(value) === Infinity);
}

function encodeRow(format: CompactRows["format"], x: Float32Array, out: Uint8Array): boolean {
  if (format === "int8") return encodeInt8(x, out);
  if (format === "float16") return encodeFloat16(x, words(out));
  if (format === "bfloat16") encodeBfloat16(x, words(out));
  else {
    const padded = new Float32Array(Math.ceil(x.length / BLOCK) * BLOCK);
    padded.set(x);
    const blocks = toNibbleBlocks(padded, format === "q4_0" ? 4 : 5);
    if (!blocks) return false;
    out.set(blocks);
  }
  return true;
}

/** Rows of types that are widened block by block, to whole blocks. */
const FROM_BLOCKS: Partial<
  Record<CompactRows["format"], (blocks: Uint8Array, out: Float32Array) => unknown>
> = {
  q4_0: fromQ4Blocks,
  q5_0: fromQ5Blocks,
  q4_k: fromQ4KBlocks,
  q5_k: fromQ5KBlocks,
  q6_k: fromQ6KBlocks,
  float16: (bytes, out) => fromFloat16(words(bytes), out),
};

function widenRow(format: CompactRows["format"], bytes: Uint8Array, out: Float32Array): void {
  const fromBlocks = FROM_BLOCKS[format];
  if (fromBlocks) {
    const size = format === "float16" ? GROUP : BLOCK;
    const whole = new Float32Array(Math.ceil(out.length / size) * size);
    fromBlocks(bytes, whole);
    out.set(whole.subarray(0, out.length));
    return;
  }
  if (format === "bfloat16") {
    const codes = words(bytes);
    const bits = new Uint32Array(out.buffer, out.byteOffset, out.length);
    for (let i = 0; i < out.length; i++)
      bits[i] = codes[i - (i % GROUP) + WORD_OF[i % GROUP]!]! << 16;
    return;
  }
  const signed = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let i = 0; i < out.length; i++) {
    const at = Math.floor(i / BLOCK) * BLOCK_BYTES;
    const scale = fromFloat16(words(bytes.subarray(at, at + 2)))[0]!;
    out[i] = signed[at + 2 + (i % BLOCK)]! * scale;
  }
}

export const encode: OnHeap["encode"] = (heap, out, x) => {
  const { columns, format } = out;
  if (!canEncode(format)) return false;
  const from = heap.floats(x);
  for (let row = 0; row < out.rows; row++) {
    const bytes = rowOf(heap, out, row);
    const numbers = from.subarray(row * columns, (row + 1) * columns);
    if (!encodeRow(format, numbers, bytes)) return false;
  }
  return true;
};

export const arrange: OnHeap["arrange"] = (heap, rows) => {
  for (let row = 0; row < rows.rows; row++) {
    const codes = words(rowOf(heap, rows, row));
    const before = codes.slice();
    for (let i = 0; i < codes.length; i++)
      codes[i - (i % GROUP) + WORD_OF[i % GROUP]!] = before[i]!;
  }
};

export const widen: OnHeap["widen"] = (heap, out, rows, index) => {
  const to = heap.floats(out);
  const { columns, format } = rows;
  const numbers = index ? heap.ints(index) : Array.from({ length: rows.rows }, (_, i) => i);
  for (const [i, row] of numbers.entries())
    widenRow(format, rowOf(heap, rows, row), to.subarray(i * columns, (i + 1) * columns));
};

/** Declines products: the caller widens the weight instead. */
export const dots: OnHeap["dots"] = () => false;

/** The bytes of codes. */
const bytesOf = (heap: Heap, { storage, offset, size }: CodedNumbers["codes"]) =>
  heap.bytes(storage.handle, 4 * offset, 4 * size);

export const expandCodes: OnHeap["expandCodes"] = (heap, out, { codes, scales, table, block }) => {
  const [bytes, factors, numbers] = [bytesOf(heap, codes), heap.floats(scales), heap.floats(table)];
  const to = heap.floats(out);
  for (let i = 0; i < to.length; i++) to[i] = numbers[bytes[i]!]! * factors[Math.floor(i / block)]!;
};

/** Index of the nearest number in the table; of two equally near, the lower index. */
function nearest(table: Float32Array, y: number): number {
  let [low, high] = [0, 255];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (table[middle]! <= y) low = middle;
    else high = middle;
  }
  return Math.fround(table[high]! - y) < Math.fround(y - table[low]!) ? high : low;
}

export const chooseCodes: OnHeap["chooseCodes"] = (heap, coded, x, keepsPositive) => {
  const { block } = coded;
  const [bytes, table, from] = [
    bytesOf(heap, coded.codes),
    heap.floats(coded.table),
    heap.floats(x),
  ];
  const scales = heap.floats(coded.scales);
  for (let first = 0; first < from.length; first += block) {
    const numbers = from.subarray(first, first + block);
    const top = numbers.reduce((most, value) => Math.max(most, value), 0);
    const bottom = numbers.reduce((most, value) => Math.max(most, -value), 0);
    const scale = bottom > top ? -bottom : top;
    const inverse = scale !== 0 ? Math.fround(1 / scale) : 0;
    scales[first / block] = scale;
    for (const [i, value] of numbers.entries()) {
      const code = nearest(table, Math.fround(value * inverse));
      const isLost = keepsPositive && value > 0 && table[code] === 0;
      bytes[first + i] = isLost ? code + 1 : code;
    }
  }
};
