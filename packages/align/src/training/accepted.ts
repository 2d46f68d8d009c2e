import { type EncodedChat, ignoreIndex } from "@deepgrain/lm";
import { checkFinite, checkLength } from "../checks";
import type { Answer } from "./rollouts";

/**
 * The data of rejection fine-tuning: answers whose reward reaches a threshold, each text once per prompt, as samples for
 * {@link sft}. Answers that the length cut off are left out.
 *
 * @param rewards one per answer, finite
 * @param options.threshold least reward to keep. Default 1
 * @returns samples with labels on the answers; none where no answer is good enough
 * @throws {AlignError} `ERR_SHAPE` when lengths differ; `ERR_NOT_FINITE` for a reward that is NaN or infinite
 * @see Yuan et al. 2023 (RFT), section 3.3
 */
export function acceptedSamples(
  answers: readonly Answer[],
  rewards: ArrayLike<number>,
  { threshold = 1 }: { threshold?: number } = {},
): EncodedChat[] {
  checkLength("acceptedSamples", "rewards", rewards, answers.length);
  checkFinite("acceptedSamples", "rewards", rewards);
  const samples = new Map<string, EncodedChat>();
  for (const [i, { promptIds, ids, isComplete }] of answers.entries()) {
    if (!isComplete || rewards[i]! < threshold) continue;
    const inputIds = [...promptIds, ...ids];
    const labels = [...promptIds.map(() => ignoreIndex), ...ids];
    samples.set(`${promptIds.length}:${inputIds.join()}`, { inputIds, labels });
  }
  return [...samples.values()];
}
