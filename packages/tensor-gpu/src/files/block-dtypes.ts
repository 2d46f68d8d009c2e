/** @file How GGML's blocks become float32: loaded with what opens GGUF files alone. */
import {
  type BlockDtype,
  DTYPES,
  type DtypeReader,
  type FileDtype,
  type StoredDtype,
  toFloat32,
} from "./dtypes";
import {
  fromQ4KBlocks,
  fromQ5KBlocks,
  fromQ6KBlocks,
  K_BLOCK,
  Q4K_BLOCK_BYTES,
  Q5K_BLOCK_BYTES,
  Q6K_BLOCK_BYTES,
} from "./k-blocks";
import { fromQ2KBlocks, fromQ3KBlocks, Q2K_BLOCK_BYTES, Q3K_BLOCK_BYTES } from "./low-bit-blocks";
import { fromQ41Blocks, fromQ51Blocks, Q4_1_BLOCK_BYTES, Q5_1_BLOCK_BYTES } from "./minimum-blocks";
import { fromQ4Blocks, fromQ5Blocks, Q4_BLOCK_BYTES, Q5_BLOCK_BYTES } from "./nibble-blocks";
import { fromQ8Blocks, Q8_BLOCK, Q8_BLOCK_BYTES } from "./q8-blocks";
import {
  fromIQ4NLBlocks,
  fromIQ4XSBlocks,
  IQ4NL_BLOCK_BYTES,
  IQ4XS_BLOCK_BYTES,
} from "./table-blocks";

type Widen = (bytes: Uint8Array, out: Float32Array) => unknown;

const blocksOf =
  (blockSize: number) =>
  (blockBytes: number, widen: Widen): DtypeReader => ({
    ...toFloat32(blockBytes / blockSize, widen),
    blockBytes,
    blockSize,
  });
const of32 = blocksOf(Q8_BLOCK);
const of256 = blocksOf(K_BLOCK);

const BLOCKS: Readonly<Record<BlockDtype, DtypeReader>> = {
  Q8_0: of32(Q8_BLOCK_BYTES, fromQ8Blocks),
  Q4_0: of32(Q4_BLOCK_BYTES, fromQ4Blocks),
  Q4_1: of32(Q4_1_BLOCK_BYTES, fromQ41Blocks),
  Q5_0: of32(Q5_BLOCK_BYTES, fromQ5Blocks),
  Q5_1: of32(Q5_1_BLOCK_BYTES, fromQ51Blocks),
  IQ4_NL: of32(IQ4NL_BLOCK_BYTES, fromIQ4NLBlocks),
  Q2_K: of256(Q2K_BLOCK_BYTES, fromQ2KBlocks),
  Q3_K: of256(Q3K_BLOCK_BYTES, fromQ3KBlocks),
  Q4_K: of256(Q4K_BLOCK_BYTES, fromQ4KBlocks),
  Q5_K: of256(Q5K_BLOCK_BYTES, fromQ5KBlocks),
  Q6_K: of256(Q6K_BLOCK_BYTES, fromQ6KBlocks),
  IQ4_XS: of256(IQ4XS_BLOCK_BYTES, fromIQ4XSBlocks),
};

/** How elements of a file of any format become a typed array. */
export const readerOf = (dtype: StoredDtype): DtypeReader =>
  Object.hasOwn(BLOCKS, dtype) ? BLOCKS[dtype as BlockDtype] : DTYPES[dtype as FileDtype];
