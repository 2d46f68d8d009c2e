/** @file The same as `eigen.ts`, with a library that the first diagnosis loads: it takes as long as all else here. */
import { createRequire } from "node:module";
import type * as MlMatrix from "ml-matrix";

/** The eigenvalues of a symmetric matrix, and its eigenvectors as columns. */
export function eigen(symmetric: number[][]) {
  const { EVD, Matrix } = createRequire(import.meta.url)("ml-matrix") as typeof MlMatrix;
  return new EVD(new Matrix(symmetric), { assumeSymmetric: true });
}
