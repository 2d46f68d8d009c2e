/** The two models that are compared. */
export const kinds = ["coarse", "fine"] as const;

export type Kind = (typeof kinds)[number];

/** Something of both models. */
export type Both<T> = Record<Kind, T>;

/** Mixture layers of each model. */
export const LAYERS = 2;

/** Routed experts of a layer, and those that a token passes. */
export const sizes: Both<{ experts: number; topK: number }> = {
  coarse: { experts: 8, topK: 2 },
  fine: { experts: 31, topK: 7 },
};
