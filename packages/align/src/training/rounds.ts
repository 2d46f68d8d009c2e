/** @file Rounds: answers are sampled once and used for several steps. */
import { type CheckpointPart, jsonPart } from "@deepgrain/trainer";
import { AlignError } from "../errors";

/** The data of a round that the following steps use: plain data, so that a checkpoint can store it. */
interface Round<T> {
  round: number;
  rollouts: T;
}

/**
 * Samples at the first step of a round and returns the same rollouts to the other steps. A checkpoint in the middle
 * of a round stores them, since the weights that sampled them no longer exist.
 *
 * @param stepsPerRound at least 1
 * @param sample creates a round's rollouts, given those of the previous round
 */
export function rounds<T>(
  stepsPerRound: number,
  sample: (round: number, before: T | null) => Promise<T>,
): { at(position: number): Promise<T>; part: CheckpointPart } {
  let current: Round<T> | null = null;
  return {
    async at(position) {
      const round = Math.floor(position / stepsPerRound);
      if (current?.round !== round)
        current = { round, rollouts: await sample(round, current?.rollouts ?? null) };
      return current.rollouts;
    },
    part: jsonPart(
      () => current,
      (value) => {
        if (value !== null && !Number.isSafeInteger((value as Round<T>).round))
          throw new AlignError("ERR_FORMAT", "align/rounds: the checkpoint's rollouts are damaged");
        current = value as Round<T> | null;
      },
    ),
  };
}
