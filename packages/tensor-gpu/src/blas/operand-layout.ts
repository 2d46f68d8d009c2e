import type { Matrix } from "../wasm/kernels/product-list";

/** CBLAS numbers. */
export const ROW_MAJOR = 101;
export const COLUMN_MAJOR = 102;
export const AS_IT_LIES = 111;
const TRANSPOSED = 112;

/** How BLAS reads a matrix. */
export interface OperandLayout {
  readonly transpose: number;
  /** Elements between rows, or between columns where it is read transposed. */
  readonly leading: number;
}

/**
 * How BLAS can read a matrix of `rows` × `columns` in place, or undefined where it must be copied: neither stride is
 * 1, or rows overlap or repeat. A stride along an axis of one element does not matter.
 */
export function operandLayout(
  { row, column }: Matrix,
  rows: number,
  columns: number,
): OperandLayout | undefined {
  if (column === 1 || columns === 1) {
    const leading = rows === 1 ? columns : row;
    if (leading >= columns) return { transpose: AS_IT_LIES, leading };
  }
  if (row === 1 || rows === 1) {
    const leading = columns === 1 ? rows : column;
    if (leading >= rows) return { transpose: TRANSPOSED, leading };
  }
  return undefined;
}
