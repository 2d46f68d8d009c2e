/** Elements and bytes of a block of each compact type, in the order of `CompactFormat` in `assembly/compact.as`. */
export const COMPACT_BLOCKS = {
  bfloat16: [8, 16],
  int8: [32, 34],
  float16: [8, 16],
  q4_0: [32, 18],
  q5_0: [32, 22],
  q4_k: [256, 144],
  q5_k: [256, 176],
  q6_k: [256, 210],
} as const;

/** Types of compact weights: see `CompactTensor`. */
export type CompactType = keyof typeof COMPACT_BLOCKS;

/** Element types. An element takes four bytes, except in the compact types; a `bool` is an int32 of 0 or 1. */
export type DType = "float32" | "int32" | "bool" | CompactType;

export const COMPACT_TYPES = Object.keys(COMPACT_BLOCKS) as readonly CompactType[];

/** True for the types of compact weights. */
export const isCompact = (dtype: DType): dtype is CompactType => dtype in COMPACT_BLOCKS;

export const ELEMENT_TYPES: readonly DType[] = ["float32", "int32", "bool"];

/** Bytes of one element of a type that is not compact. */
export const ELEMENT_BYTES = 4;

/** A number that identifies a block of memory in a backend: a byte address, a table index or a texture id. */
export type Handle = number;

/** A tensor as kernels see it: elements `offset + Σ index·stride` of a block of memory. */
export interface View {
  readonly storage: { readonly handle: Handle };
  /** In elements. */
  readonly offset: number;
  readonly shape: readonly number[];
  /** In elements; 0 repeats an element along an axis. */
  readonly strides: readonly number[];
  readonly dtype: DType;
  /** Number of elements, the product of `shape`. */
  readonly size: number;
}
