/** Numbers in rows and columns, row-major. */
export interface Matrix {
  rows: number;
  cols: number;
  data: Float64Array;
}
