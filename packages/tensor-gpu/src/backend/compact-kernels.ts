import type { CompactType, Handle, View } from "./view";

/** Consecutive rows of a compact weight. */
export interface CompactRows {
  readonly format: CompactType;
  readonly handle: Handle;
  /** Where the first row begins. */
  readonly byteOffset: number;
  readonly rows: number;
  readonly columns: number;
}

/** Numbers as byte codes: indices into a table, in blocks with one scale each. */
export interface CodedNumbers {
  /** int32 [⌈n / 4⌉], a byte per number. */
  codes: View;
  /** float32, one per block. */
  scales: View;
  /** float32 [256], ascending, the largest 1. */
  table: View;
  /** Numbers that share a scale, a multiple of 4. */
  block: number;
}

/** Kernels for compact weights. Views are contiguous float32; shapes are checked by the caller. */
export interface CompactKernels {
  /** Writes x [rows, columns] in compact form. False where the type does not hold a number. */
  encode(out: CompactRows, x: View): boolean;
  /**
   * Converts bfloat16 elements, read into place in their usual order, to the form that kernels read, in whole groups
   * of eight.
   */
  arrange(rows: CompactRows): void;
  /** out [n, columns] = the rows with these numbers (int32 [n]), or all in order. */
  widen(out: View, rows: CompactRows, index: View | null): void;
  /** out [m, rows] = or += x [m, columns]·rowsᵀ. False for a shape for which widening and a plain product is faster. */
  dots(out: View, x: View, rows: CompactRows, accumulate: boolean): boolean;
  /** out [n] = table[code] · scale. */
  expandCodes(out: View, coded: CodedNumbers): void;
  /** Nearest codes of x [n]; a scale is the block's number of the largest magnitude. `keepsPositive`: a number above 0 never becomes 0. */
  chooseCodes(coded: CodedNumbers, x: View, keepsPositive: boolean): void;
}
