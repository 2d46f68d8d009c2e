/** The output of the command for one batch. */
export interface Scored {
  shape: readonly number[];
  logits: Float32Array;
  /** Mean loss, in nats except for regression; null if there is no label to predict. */
  loss: number | null;
}
