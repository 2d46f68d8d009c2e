import { type Csr, csrFromEdges, segmentSum, type Tensor } from "@deepgrain/tensor-gpu";
import { type Features, isSparse } from "./features";
import { disposeCsr, held } from "./operator";

/** The input of a layer: features or hidden rows, to be multiplied with a weight of shape [in, out]. */
export type Multiply = (weight: Tensor) => Tensor;

/** Features as tensors. */
export interface FeatureProduct {
  /** features · weight: for sparse features, the sum of the weight's rows selected by a node's entries. */
  readonly times: Multiply;
  dispose(): void;
}

function sparseProduct(csr: Csr, values: Tensor | null): FeatureProduct {
  return {
    times: (weight) => segmentSum(weight, csr, values),
    dispose() {
      disposeCsr(csr);
      values?.dispose();
    },
  };
}

/** Copies features into tensors. */
export function featureProduct(features: Features): FeatureProduct {
  if (!isSparse(features)) {
    const dense = held(features.data, [features.rows, features.cols]);
    return { times: (weight) => dense.matmul(weight), dispose: () => dense.dispose() };
  }
  const { rows, cols, rowOffsets, colIndices, values } = features;
  const owner = new Int32Array(colIndices.length);
  for (let r = 0; r < rows; r++) owner.fill(r, rowOffsets[r]!, rowOffsets[r + 1]!);
  const { order, ...csr } = csrFromEdges(owner, colIndices, rows, cols);
  return sparseProduct(csr, values ? held(Float32Array.from(order, (e) => values[e]!)) : null);
}
