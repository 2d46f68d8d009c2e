import { takeTurn } from "@deepgrain/support";
import { crossEntropy, noGrad, tensor, tidy } from "@deepgrain/tensor-gpu";
import { LmError, optionsOf, refuseUnknown, whole } from "../errors";
import type { CausalLM } from "../model/causal-lm";

/** The loss of tokens at positions from … to − 1. */
export interface PositionLoss {
  from: number;
  to: number;
  /** Mean negative log-likelihood, in nats per token. */
  loss: number;
  /** Tokens that were predicted there. */
  tokens: number;
}

/**
 * The loss at each position of documents, averaged in buckets: a model that uses its context predicts later tokens better, one
 * beyond its trained length worse. Every document is read from its first token on, one per pass.
 *
 * @param documents token ids; a document is cut at the model's longest position
 * @param options.bucket positions per bucket, at least 1
 * @returns the buckets that hold tokens, in order
 * @throws {LmError} `ERR_RANGE` when nothing is predicted; the signal's reason
 */
export async function lossByPosition(
  model: CausalLM,
  documents: Iterable<ArrayLike<number>>,
  options: { bucket: number; signal?: AbortSignal | undefined },
): Promise<PositionLoss[]> {
  const { bucket, signal, ...rest } = optionsOf("lossByPosition", options);
  refuseUnknown("lossByPosition", rest);
  whole("lossByPosition", "bucket", bucket, { min: 1 });
  const sums: number[] = [];
  const counts: number[] = [];
  const wasTraining = model.training;
  model.eval();
  try {
    for (const document of documents) {
      await takeTurn();
      signal?.throwIfAborted();
      const ids = Int32Array.from(document).subarray(0, model.config.maxPositionEmbeddings);
      if (ids.length < 2) continue;
      const losses = tidy(() => noGrad(() => tokenLosses(model, ids)));
      const numbers = (await losses.data()) as Float32Array;
      losses.dispose();
      for (let t = 1; t < ids.length; t++) {
        const at = Math.floor(t / bucket);
        sums[at] = (sums[at] ?? 0) + numbers[t - 1]!;
        counts[at] = (counts[at] ?? 0) + 1;
      }
    }
  } finally {
    model.train(wasTraining);
  }
  if (counts.length === 0)
    throw new LmError("ERR_RANGE", "lm/lossByPosition: the documents hold nothing to predict");
  return counts.flatMap((tokens, i) => {
    const [from, to] = [i * bucket, (i + 1) * bucket];
    return tokens > 0 ? [{ from, to, loss: sums[i]! / tokens, tokens }] : [];
  });
}

/** The loss of each token but the first, [length − 1]. */
function tokenLosses(model: CausalLM, ids: Int32Array) {
  const length = ids.length;
  const logits = model.forward({ ids, batch: 1, length }).narrow(1, 0, length - 1);
  const targets = tensor(ids.slice(1));
  return crossEntropy(logits.reshape([length - 1, logits.shape[2]!]), targets, {
    reduction: "none",
  });
}
