/** Token ids of a batch, row-major. */
export interface TokenBatch {
  ids: ArrayLike<number>;
  batch: number;
  length: number;
}

/** A batch with its labels and its attention mask. */
export interface LabelledBatch extends TokenBatch {
  /** [batch × length], −100 is ignored; default: the ids, −100 where masked. */
  labels?: ArrayLike<number> | undefined;
  /** 1 for real tokens, 0 for padding, [batch × length]; default: all 1. */
  attentionMask?: ArrayLike<number> | undefined;
  /**
   * The number of the conversation that each token belongs to, [batch × length]: tokens attend to and predict only
   * tokens of their own conversation, and positions start again where the number changes. Default: a row is one
   * conversation.
   */
  segments?: ArrayLike<number> | undefined;
}
