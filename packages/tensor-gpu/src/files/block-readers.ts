/** @file How GGML's blocks become float32: loaded with the first file that has some. */
import { BLOCK_SIZES } from "./block-sizes";
import { type BlockDtype, type DtypeReader, toFloat32 } from "./dtypes";
import { fromQ4KBlocks, fromQ5KBlocks, fromQ6KBlocks } from "./k-blocks";
import { fromQ2KBlocks, fromQ3KBlocks } from "./low-bit-blocks";
import { fromQ41Blocks, fromQ51Blocks } from "./minimum-blocks";
import { fromQ4Blocks, fromQ5Blocks } from "./nibble-blocks";
import { fromQ8Blocks } from "./q8-blocks";
import { fromIQ4NLBlocks, fromIQ4XSBlocks } from "./table-blocks";

const widen: Readonly<Record<BlockDtype, (bytes: Uint8Array, out: Float32Array) => unknown>> = {
  Q4_0: fromQ4Blocks,
  Q4_1: fromQ41Blocks,
  Q5_0: fromQ5Blocks,
  Q5_1: fromQ51Blocks,
  Q8_0: fromQ8Blocks,
  IQ4_NL: fromIQ4NLBlocks,
  Q2_K: fromQ2KBlocks,
  Q3_K: fromQ3KBlocks,
  Q4_K: fromQ4KBlocks,
  Q5_K: fromQ5KBlocks,
  Q6_K: fromQ6KBlocks,
  IQ4_XS: fromIQ4XSBlocks,
};

const readerOf = (dtype: BlockDtype): DtypeReader => {
  const [numbers, blockBytes] = BLOCK_SIZES[dtype];
  return { ...toFloat32(blockBytes / numbers, widen[dtype]), blockBytes };
};

/** The readers of all types of blocks. */
export const blockReaders = Object.fromEntries(
  Object.keys(widen).map((dtype) => [dtype, readerOf(dtype as BlockDtype)]),
) as Readonly<Record<BlockDtype, DtypeReader>>;
