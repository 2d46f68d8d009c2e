import { type EncodedChat, ignoreIndex } from "@deepgrain/lm";
import { checkFinite, checkLength } from "../checks";
import type { Answer } from "./rollouts";

/** Options of {@link acceptedSamples}. */
export interface AcceptOptions {
  /** Least reward to keep. Default 1. */
  threshold?: number;
  /** Answers of one prompt with the same key are kept once, such as their list of equations. Default: their tokens. */
  keyOf?: (answer: Answer) => string;
}

/**
 * The data of rejection fine-tuning: answers whose reward reaches a threshold, each once per prompt, as samples for
 * {@link sft}. Answers that the length cut off are left out.
 *
 * @param rewards one per answer, finite
 * @returns samples with labels on the answers; none where no answer is good enough
 * @throws {AlignError} `ERR_SHAPE` when lengths differ; `ERR_NOT_FINITE` for a reward that is NaN or infinite
 * @see Yuan et al. 2023 (RFT), section 3.3
 */
export function acceptedSamples(
  answers: readonly Answer[],
  rewards: ArrayLike<number>,
  { threshold = 1, keyOf = ({ ids }) => ids.join() }: AcceptOptions = {},
): EncodedChat[] {
  checkLength("acceptedSamples", "rewards", rewards, answers.length);
  checkFinite("acceptedSamples", "rewards", rewards);
  const samples = new Map<string, EncodedChat>();
  for (const [i, answer] of answers.entries()) {
    const { promptIds, ids, isComplete } = answer;
    if (!isComplete || rewards[i]! < threshold) continue;
    const inputIds = [...promptIds, ...ids];
    const labels = [...promptIds.map(() => ignoreIndex), ...ids];
    const key = `${promptIds.join()}:${keyOf(answer)}`;
    if (!samples.has(key)) samples.set(key, { inputIds, labels });
  }
  return [...samples.values()];
}
