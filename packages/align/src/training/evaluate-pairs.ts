import { takeTurn } from "@deepgrain/support";
import { type nn, noGrad, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import type { EncodedPair } from "../data/encode";
import { collatePairs, type PreferenceBatch } from "../data/preference-batches";
import { AlignError, whole } from "../errors";

/** A loss and further metrics, means over pairs. */
export interface PairEvaluation {
  loss: number;
  scalars: Record<string, number>;
}

/** A loss of a batch with further metrics, means over its rows. */
interface Measured {
  loss: Tensor;
  scalars: Record<string, Tensor>;
}

/** How rows are measured. */
interface EvaluateOptions {
  batchSize?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Measures a loss over all pairs in order, in evaluation mode and without gradients; each pair has the same weight.
 * @throws {AlignError} `ERR_MISSING` without pairs
 */
export async function evaluatePairs(
  module: nn.Module,
  pairs: readonly EncodedPair[],
  step: (batch: PreferenceBatch) => Measured,
  { padTokenId = 0, ...options }: EvaluateOptions & { padTokenId?: number | undefined } = {},
): Promise<PairEvaluation> {
  if (pairs.length === 0) throw new AlignError("ERR_MISSING", "align/evaluate: there are no pairs");
  const stepAt = (indices: readonly number[]) => step(collatePairs(pairs, indices, padTokenId));
  return evaluateRows(module, pairs.length, stepAt, options);
}

/** Measures a loss over `rows` rows in order, as {@link evaluatePairs}. */
export async function evaluateRows(
  module: nn.Module,
  rows: number,
  step: (indices: readonly number[]) => Measured,
  { batchSize = 8, signal }: EvaluateOptions = {},
): Promise<PairEvaluation> {
  whole("evaluate", "batchSize", batchSize, { min: 1 });
  const wasTraining = module.training;
  module.eval();
  const sums: Record<string, number> = {};
  try {
    for (let start = 0; start < rows; start += batchSize) {
      await takeTurn();
      signal?.throwIfAborted();
      const count = Math.min(batchSize, rows - start);
      const indices = Array.from({ length: count }, (_, i) => start + i);
      const values = tidy(() =>
        noGrad(() => {
          const { loss, scalars } = step(indices);
          return { loss, ...scalars } as Record<string, Tensor>;
        }),
      );
      for (const [name, value] of Object.entries(values)) {
        sums[name] = (sums[name] ?? 0) + ((await value.item()) * count) / rows;
        value.dispose();
      }
    }
  } finally {
    module.train(wasTraining);
  }
  const { loss, ...scalars } = sums;
  return { loss: loss!, scalars };
}
