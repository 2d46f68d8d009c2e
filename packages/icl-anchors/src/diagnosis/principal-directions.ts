import { EVD, Matrix as MlMatrix } from "ml-matrix";
import { AnchorsError, whole } from "../errors";
import type { Matrix } from "./matrix";

/** The directions in which rows vary most. */
export interface PrincipalDirections {
  /** Unit vectors, one per row, [components, cols]. */
  directions: Matrix;
  /** Singular values of the centred rows, largest first; the standard deviations times √(rows − 1). */
  singularValues: Float64Array;
}

/** x − column means. */
function centred({ rows, cols, data }: Matrix): Float64Array {
  const out = Float64Array.from(data);
  for (let col = 0; col < cols; col++) {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += data[row * cols + col]!;
    for (let row = 0; row < rows; row++) out[row * cols + col]! -= sum / rows;
  }
  return out;
}

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};

/** Products of all pairs of vectors. */
const gramMatrix = (vectors: readonly Float64Array[]): number[][] =>
  vectors.map((a) => vectors.map((b) => dot(a, b)));

/**
 * Principal components: centre the rows, and take the singular vectors of the result. The smaller of the two Gram
 * matrices is diagonalised.
 *
 * @param x one observation per row, at least 2
 * @param components number of directions, at most rows − 1 and columns
 * @throws {AnchorsError} `ERR_RANGE` for too many components, `ERR_NOT_FINITE`
 */
export function principalDirections(x: Matrix, components: number): PrincipalDirections {
  const { rows, cols } = x;
  whole("principalDirections", "components", components, {
    min: 1,
    max: Math.min(rows - 1, cols),
  });
  if (!x.data.every(Number.isFinite))
    throw new AnchorsError(
      "ERR_NOT_FINITE",
      "icl-anchors/principalDirections: the rows must be finite",
    );
  const data = centred(x);
  const rowVectors = Array.from({ length: rows }, (_, i) =>
    data.subarray(i * cols, (i + 1) * cols),
  );
  const columnVectors = () =>
    Array.from({ length: cols }, (_, j) => Float64Array.from(rowVectors, (row) => row[j]!));
  const isWide = rows < cols;
  const gram = gramMatrix(isWide ? rowVectors : columnVectors());
  const { realEigenvalues, eigenvectorMatrix } = new EVD(new MlMatrix(gram), {
    assumeSymmetric: true,
  });
  const order = realEigenvalues
    .map((_, i) => i)
    .sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!)
    .slice(0, components);
  const singularValues = Float64Array.from(order, (i) =>
    Math.sqrt(Math.max(0, realEigenvalues[i]!)),
  );
  const directions = new Float64Array(components * cols);
  for (const [m, i] of order.entries()) {
    const vector = Float64Array.from(eigenvectorMatrix.getColumn(i));
    // In the wide case u is known: v = Xᵀu / σ.
    const direction = isWide ? combined(rowVectors, vector, singularValues[m]!) : vector;
    directions.set(direction, m * cols);
  }
  return { directions: { rows: components, cols, data: directions }, singularValues };
}

function combined(
  rowVectors: readonly Float64Array[],
  weights: Float64Array,
  sigma: number,
): Float64Array {
  const out = new Float64Array(rowVectors[0]!.length);
  if (sigma === 0) return out;
  for (const [i, row] of rowVectors.entries())
    for (let j = 0; j < out.length; j++) out[j]! += (weights[i]! * row[j]!) / sigma;
  return out;
}
