/** A k-shot prompt as token ids, with its relevant positions. Positions count from 0. */
export interface Prompt {
  /** Token ids, [T]. */
  ids: ArrayLike<number>;
  /** Positions of the label tokens of the demonstrations, one list per class. */
  labelPositions: readonly (readonly number[])[];
  /**
   * The label words in class order, each as the positions of its tokens, if words have several tokens. Default: each
   * label position is a word.
   */
  labelWords?: readonly (readonly number[])[] | undefined;
  /** The last token, whose logits give the answer. */
  target: number;
  /** Per class, the id whose logit is used; for a label of several tokens, all ids, whose logits are averaged. */
  classIds: readonly (number | readonly number[])[];
  /** Index of the right class, if known. */
  gold?: number | undefined;
  /** Where the query block begins: everything before is demonstrations. */
  queryStart?: number | undefined;
  /** Tokens of the demonstrations that are neither text nor label: prefixes, answer words, separators. */
  formatPositions?: readonly number[] | undefined;
  /** Tokens of the demonstrations' texts. */
  textPositions?: readonly number[] | undefined;
}
