import { noGrad, softmax, type Tensor, tidy } from "@deepgrain/tensor-gpu";

/** A batch with other labels, and the model's logits for it. */
export interface Relabelled<Batch> {
  /** [rows, classes] */
  logits(batch: Batch): Tensor;
  /** The batch with the label `label` for every row. */
  withLabel(batch: Batch, label: number): Batch;
}

/**
 * The passes of the true Fisher information: one per class, weighted by the probability that the model gives it, instead of one
 * with the gold labels. For the `passes` of `diagonalFisher`.
 */
export function* trueFisherPasses<Batch>(
  batch: Batch,
  { logits, withLabel }: Relabelled<Batch>,
): Generator<{ batch: Batch; weights: Float64Array }> {
  const { shape, values } = tidy(() =>
    noGrad(() => {
      const probabilities = softmax(logits(batch));
      return {
        shape: probabilities.shape as [number, number],
        values: probabilities.dataSync() as Float32Array,
      };
    }),
  );
  const [rows, classes] = shape;
  for (let label = 0; label < classes; label++)
    yield {
      batch: withLabel(batch, label),
      weights: Float64Array.from({ length: rows }, (_, row) => values[row * classes + label]!),
    };
}
