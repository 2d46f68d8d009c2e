/** The sizes of a small mixture. */
export interface SmallMixture {
  hiddenSize: number;
  layers: number;
  heads: number;
  /** Inner width of the first layer, which has no experts. */
  denseSize: number;
  expertSize: number;
  experts: number;
  /** Routed experts that a token passes. */
  topK: number;
  sharedExperts: number;
  /** Weight of the balance loss. */
  balanceAlpha: number;
  initStd: number;
}

/** A mixture of three million parameters, made for two processor cores. */
export const smallMixture: SmallMixture = {
  hiddenSize: 128,
  layers: 4,
  heads: 4,
  denseSize: 352,
  expertSize: 64,
  experts: 32,
  topK: 4,
  sharedExperts: 1,
  balanceAlpha: 1e-3,
  initStd: 0.06,
};
