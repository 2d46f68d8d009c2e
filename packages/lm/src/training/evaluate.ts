import { takeTurn } from "@deepgrain/support";
import { crossEntropy, noGrad, tidy } from "@deepgrain/tensor-gpu";
import { having, iterableOf, LmError, optionsOf, refuseUnknown } from "../errors";
import type { CausalLM } from "../model/causal-lm";
import { causalTargets, IGNORED_LABEL } from "../model/positions";
import type { LabelledBatch } from "../model/token-batch";

/** Losses of a model on held-out data. */
export interface Evaluation {
  /** Mean negative log-likelihood per predicted token, in nats. */
  loss: number;
  /** Predicted tokens. */
  tokens: number;
}

/**
 * The mean loss per predicted token over batches, without dropout, balance losses or gradients.
 * @throws {LmError} `ERR_RANGE` when nothing is predicted
 */
export async function evaluate(
  model: CausalLM,
  batches: Iterable<LabelledBatch> | AsyncIterable<LabelledBatch>,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<Evaluation> {
  const { signal, ...rest } = optionsOf("evaluate", options);
  refuseUnknown("evaluate", rest);
  having("evaluate", "model", model, "eval", "forward");
  iterableOf("evaluate", "batches", batches);
  const wasTraining = model.training;
  model.eval();
  let [total, tokens] = [0, 0];
  try {
    for await (const batch of batches) {
      await takeTurn();
      signal?.throwIfAborted();
      const losses = tidy(() =>
        noGrad(() => {
          const targets = causalTargets(batch, batch.labels, batch.attentionMask);
          return {
            sum: crossEntropy(model.forward(batch), targets, { reduction: "sum" }),
            count: targets.ne(IGNORED_LABEL).sum(),
          };
        }),
      );
      total += await losses.sum.item();
      tokens += await losses.count.item();
      losses.sum.dispose();
      losses.count.dispose();
    }
  } finally {
    model.train(wasTraining);
  }
  if (tokens === 0)
    throw new LmError("ERR_RANGE", "lm/evaluate: the batches hold nothing to predict");
  return { loss: total / tokens, tokens };
}
