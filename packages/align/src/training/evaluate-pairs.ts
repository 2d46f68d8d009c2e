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

/**
 * Measures a loss over all pairs in order, in evaluation mode and without gradients; each pair has the same weight.
 * @throws {AlignError} `ERR_MISSING` without pairs
 */
export async function evaluatePairs(
  module: nn.Module,
  pairs: readonly EncodedPair[],
  step: (batch: PreferenceBatch) => { loss: Tensor; scalars: Record<string, Tensor> },
  {
    batchSize = 8,
    padTokenId = 0,
    signal,
  }: {
    batchSize?: number | undefined;
    padTokenId?: number | undefined;
    signal?: AbortSignal | undefined;
  } = {},
): Promise<PairEvaluation> {
  if (pairs.length === 0) throw new AlignError("ERR_MISSING", "align/evaluate: there are no pairs");
  whole("evaluate", "batchSize", batchSize, { min: 1 });
  const wasTraining = module.training;
  module.eval();
  const sums: Record<string, number> = {};
  try {
    for (let start = 0; start < pairs.length; start += batchSize) {
      await takeTurn();
      signal?.throwIfAborted();
      const count = Math.min(batchSize, pairs.length - start);
      const indices = Array.from({ length: count }, (_, i) => start + i);
      const values = tidy(() =>
        noGrad(() => {
          const { loss, scalars } = step(collatePairs(pairs, indices, padTokenId));
          return { loss, ...scalars } as Record<string, Tensor>;
        }),
      );
      for (const [name, value] of Object.entries(values)) {
        sums[name] = (sums[name] ?? 0) + ((await value.item()) * count) / pairs.length;
        value.dispose();
      }
    }
  } finally {
    module.train(wasTraining);
  }
  const { loss, ...scalars } = sums;
  return { loss: loss!, scalars };
}
