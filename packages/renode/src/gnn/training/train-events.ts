import { iterableOf } from "../../errors";
import type { ClassificationScores } from "../metrics/classification-scores";
import type { GraphModel } from "../models/graph-model";

/** One pass over the training nodes. */
export interface EpochEvent {
  readonly type: "epoch-end";
  /** From 1. */
  readonly epoch: number;
  /** Mean loss over the steps of the epoch, each measured before the step. */
  readonly loss: number;
  readonly lr: number;
  /** Null without validation nodes. */
  readonly validation: ClassificationScores | null;
}

/** The epoch with the best weighted F1 on the validation nodes. */
export interface TrainEndEvent {
  readonly type: "train-end";
  readonly epochs: number;
  readonly bestEpoch: number;
  readonly validation: ClassificationScores | null;
  readonly test: ClassificationScores | null;
  /** Class number of every node, shape [N]. */
  readonly predictions: Int32Array;
  /** The trained model with the best epoch's weights; the caller disposes it. */
  readonly model: GraphModel;
}

export type TrainEvent = EpochEvent | TrainEndEvent;

/** Runs a training to its end and returns the last event. */
export async function trainToEnd<T extends { type: string }>(
  events: AsyncIterable<T>,
): Promise<Extract<T, { type: "train-end" }>> {
  iterableOf("trainToEnd", "events", events);
  let last: T | undefined;
  for await (const event of events) last = event;
  return last as Extract<T, { type: "train-end" }>;
}
