/** Token ids of a batch, row-major. */
export interface TokenBatch {
  ids: ArrayLike<number>;
  batch: number;
  length: number;
}

/** A batch with what it should predict, and which of its tokens count. */
export interface LabelledBatch extends TokenBatch {
  /** [batch × length], −100 for nothing; default: the ids, −100 where masked. */
  labels?: ArrayLike<number>;
  /** 1 for tokens that count, 0 for padding, [batch × length]; default: all count. */
  attentionMask?: ArrayLike<number>;
  /**
   * The number of the conversation that each token belongs to, [batch × length]: tokens see and predict only tokens of
   * their own, and positions start again where it changes. Default: a row is one conversation.
   */
  segments?: ArrayLike<number>;
}
