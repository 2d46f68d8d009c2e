/** The two models that are compared. */
export const kinds = ["coarse", "fine"] as const;

export type Kind = (typeof kinds)[number];

/** Something of both models. */
export type Both<T> = Record<Kind, T>;

/** Mixture layers of each model. */
export const LAYERS = 2;
