import { type BlockDtype, DTYPES, type FileDtype, type StoredDtype } from "./dtypes";

/** Numbers and bytes of a block of each type. */
export const BLOCK_SIZES: Readonly<Record<BlockDtype, readonly [numbers: number, bytes: number]>> =
  {
    Q4_0: [32, 18],
    Q4_1: [32, 20],
    Q5_0: [32, 22],
    Q5_1: [32, 24],
    Q8_0: [32, 34],
    IQ4_NL: [32, 18],
    Q2_K: [256, 84],
    Q3_K: [256, 110],
    Q4_K: [256, 144],
    Q5_K: [256, 176],
    Q6_K: [256, 210],
    IQ4_XS: [256, 136],
  };

export const isBlockDtype = (dtype: StoredDtype): dtype is BlockDtype =>
  Object.hasOwn(BLOCK_SIZES, dtype);

/** Elements of a block, and bytes of an element, of a type of any format. */
export function elementSize(dtype: StoredDtype): { blockSize: number; sizeBytes: number } {
  if (!isBlockDtype(dtype))
    return { blockSize: 1, sizeBytes: DTYPES[dtype as FileDtype].sizeBytes };
  const [blockSize, bytes] = BLOCK_SIZES[dtype];
  return { blockSize, sizeBytes: bytes / blockSize };
}
