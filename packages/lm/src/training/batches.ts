import type { TokenBatch } from "../model/causal-lm";

/** A batch with what it should predict. */
export interface LabelledBatch extends TokenBatch {
  /** [batch × length], −100 for nothing; default: the ids. */
  labels?: ArrayLike<number>;
  attentionMask?: ArrayLike<number>;
}

/** Training data as a pure function of a position, so that a run can stop and go on anywhere. */
export interface TrainingData {
  /** The batch of step `position`, counted from 0. */
  batch(position: number): LabelledBatch | Promise<LabelledBatch>;
}
