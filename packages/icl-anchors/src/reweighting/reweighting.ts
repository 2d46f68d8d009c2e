/** Factors exp(β) on the attention from the target to the label words. */
export interface Reweighting {
  /** β, [layers, heads, label words] row-major. */
  beta: Float32Array;
  shape: readonly [layers: number, heads: number, words: number];
}
