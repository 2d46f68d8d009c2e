import { type EncodedChat, ignoreIndex } from "@deepgrain/lm";
import { finite, listOf, optionsOf, refuseUnknown, shape } from "../errors";
import type { Answer } from "./rollouts";

/** Options of {@link acceptedSamples}. */
export interface AcceptOptions {
  /** Minimum reward to keep. Default 1. */
  threshold?: number | undefined;
  /**
   * The key of an answer, such as its list of equations. Of answers to one prompt with the same key, one is kept.
   * Default: its tokens.
   */
  keyOf?: ((answer: Answer) => string) | undefined;
}

/**
 * The data of rejection fine-tuning: answers whose reward reaches a threshold, each once per prompt, as samples for
 * {@link sft}. Answers that were cut off at the maximum length are left out.
 *
 * @param rewards one per answer, finite
 * @returns samples with labels on the answers; none where no answer is good enough
 * @throws {AlignError} `ERR_SHAPE` when lengths differ; `ERR_NOT_FINITE` for a reward that is NaN or infinite
 * @see Yuan et al. 2023 (RFT), section 3.3
 */
export function acceptedSamples(
  answers: readonly Answer[],
  rewards: ArrayLike<number>,
  options: AcceptOptions = {},
): EncodedChat[] {
  listOf("acceptedSamples", "answers", answers);
  const {
    threshold = 1,
    keyOf = ({ ids }: Answer) => ids.join(),
    ...rest
  } = optionsOf("acceptedSamples", options);
  refuseUnknown("acceptedSamples", rest);
  shape("acceptedSamples", "rewards", [rewards.length], [answers.length]);
  finite("acceptedSamples", "rewards", rewards);
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
