import { takeTurn } from "@deepgrain/support";
import { noGrad, tidy } from "@deepgrain/tensor-gpu";
import { having, optionsOf, PrmError, refuseUnknown, whole } from "../errors";
import { collateSteps } from "./step-batches";
import type { EncodedSteps } from "./step-encoding";
import type { StepRewardModel } from "./step-reward-model";

/** Options of {@link scoreSamples}. */
export interface ScoreSamplesOptions {
  /** Solutions per forward pass. Default 32. */
  readonly batchSize?: number | undefined;
  readonly padTokenId?: number | undefined;
  readonly onProgress?: ((done: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The probability that each step is good, σ(ℓ), for many solutions; those of similar length share a forward pass.
 *
 * @returns scores of each sample, in order
 * @throws {PrmError} `ERR_RANGE` for a sample longer than the model's positions; the signal's reason
 */
export async function scoreSamples(
  model: StepRewardModel,
  samples: readonly EncodedSteps[],
  options: ScoreSamplesOptions = {},
): Promise<number[][]> {
  having("scoreSamples", "model", model, "namedTensors");
  const {
    batchSize = 32,
    padTokenId = 0,
    onProgress,
    signal,
    ...rest
  } = optionsOf("scoreSamples", options);
  refuseUnknown("scoreSamples", rest);
  whole("scoreSamples", "batchSize", batchSize, { min: 1 });
  const limit = model.model.config.maxPositionEmbeddings;
  const long = samples.findIndex(({ ids }) => ids.length > limit);
  if (long >= 0)
    throw new PrmError(
      "ERR_RANGE",
      `scoreSamples: sample ${long} must have at most ${limit} tokens, got ${samples[long]!.ids.length}`,
      { fields: { sample: long, tokens: samples[long]!.ids.length, limit } },
    );
  const order = [...samples.keys()].sort((a, b) => samples[a]!.ids.length - samples[b]!.ids.length);
  const scores: number[][] = samples.map(() => []);
  const wasTraining = model.training;
  model.eval();
  try {
    for (let start = 0; start < order.length; start += batchSize) {
      await takeTurn();
      signal?.throwIfAborted();
      const own = order.slice(start, start + batchSize);
      const batch = collateSteps(
        own.map((index) => samples[index]!),
        { padTokenId },
      );
      const found = tidy(() => noGrad(() => model.logits(batch).sigmoid()));
      const numbers = await found.data();
      found.dispose();
      let at = 0;
      for (const index of own) scores[index] = samples[index]!.places.map(() => numbers[at++]!);
      onProgress?.(Math.min(order.length, start + batchSize));
    }
  } finally {
    model.train(wasTraining);
  }
  return scores;
}
