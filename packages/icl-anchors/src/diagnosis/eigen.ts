/** @file Eigenvectors, as pages and their bundlers have them. Inside Node `eigen-in-node.ts` stands in its place. */
import { EVD, Matrix } from "ml-matrix";

/** The eigenvalues of a symmetric matrix, and its eigenvectors as columns. */
export function eigen(symmetric: number[][]) {
  return new EVD(new Matrix(symmetric), { assumeSymmetric: true });
}
