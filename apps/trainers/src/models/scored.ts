/** What the command writes of one batch. */
export interface Scored {
  shape: readonly number[];
  logits: Float32Array;
  /** Mean loss, in nats but for regression; null where no label is to be predicted. */
  loss: number | null;
}
