import { optionsOf, refuseUnknown } from "../errors";

import type { StepScorer } from "../models/step-scorer";
import { type ScoreSamplesOptions, scoreSamples } from "./score-samples";
import { type Encode, type EncodedSteps, encodeSteps, type StepForm } from "./step-encoding";
import type { StepRewardModel } from "./step-reward-model";

/** Options of {@link lmScorer}. */
export interface LmScorerOptions extends Pick<ScoreSamplesOptions, "batchSize" | "padTokenId"> {
  readonly encode: Encode;
  /** As in training. */
  readonly form?: StepForm | undefined;
}

const nextTimer = () => new Promise<void>((next) => setTimeout(next, 0));

interface Waiting {
  sample: EncodedSteps;
  signal: AbortSignal | undefined;
  resolve(scores: number[]): void;
  reject(error: unknown): void;
}

/**
 * A scorer from a reward model on `@deepgrain/lm`, for `verify`, best-of-N and search. Solutions that are requested
 * in the same turn of the event loop share forward passes.
 *
 * @throws {PrmError} on a call as `encodeSteps` and `scoreSamples`; the signal's reason
 */
export function lmScorer(model: StepRewardModel, given: LmScorerOptions): StepScorer {
  const { encode, form, batchSize, padTokenId, ...rest } = optionsOf("lmScorer", given);
  refuseUnknown("lmScorer", rest);
  let waiting: Waiting[] = [];
  let turn: Promise<void> = Promise.resolve();

  async function flush(): Promise<void> {
    const own = waiting.filter(({ signal, reject }) => {
      if (signal?.aborted) reject(signal.reason);
      return !signal?.aborted;
    });
    waiting = [];
    try {
      const scores = await scoreSamples(
        model,
        own.map(({ sample }) => sample),
        { batchSize, padTokenId },
      );
      for (const [i, { resolve }] of own.entries()) resolve(scores[i]!);
    } catch (error) {
      for (const { reject } of own) reject(error);
    }
  }

  return async (problem, steps, { signal } = {}) => {
    signal?.throwIfAborted();
    const sample = encodeSteps({ problem, steps }, encode, form);
    return new Promise((resolve, reject) => {
      waiting.push({ sample, signal, resolve, reject });
      if (waiting.length > 1) return;
      turn = turn.then(nextTimer).then(nextTimer).then(flush); // A caller may take a turn before it asks.
    });
  };
}
