/** @file Rounds: answers are sampled once and used for several steps. */
import { type CheckpointPart, jsonPart } from "@deepgrain/trainer";
import { AlignError } from "../errors";

/** What a round left for the steps that follow: plain data, so that a checkpoint can hold it. */
interface Round<T> {
  round: number;
  rollouts: T;
}

/**
 * Samples at the first step of a round and gives the same rollouts to the others. A checkpoint in the middle of a round holds
 * them, as the weights that sampled are gone by then.
 *
 * @param stepsPerRound at least 1
 * @param sample makes a round's rollouts, given those of the round before
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
