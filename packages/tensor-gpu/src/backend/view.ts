/** Types of compact weights: see `CompactTensor`. */
export type CompactType =
  | "bfloat16"
  | "int8"
  | "float16"
  | "q4_0"
  | "q5_0"
  | "q4_k"
  | "q5_k"
  | "q6_k";

/** Element types. An element takes four bytes, except in the compact types; a `bool` is an int32 of 0 or 1. */
export type DType = "float32" | "int32" | "bool" | CompactType;

export const COMPACT_TYPES: readonly CompactType[] = [
  "bfloat16",
  "int8",
  "float16",
  "q4_0",
  "q5_0",
  "q4_k",
  "q5_k",
  "q6_k",
];

/** True for the types of compact weights. */
export const isCompact = (dtype: DType): dtype is CompactType =>
  dtype !== "float32" && COMPACT_TYPES.includes(dtype as CompactType);

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
