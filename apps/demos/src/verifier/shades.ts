/** Shades of a score. */
const SHADES = 5;

/** A class by score: v0 is the lowest. */
export const shadeOf = (score: number): string =>
  `v${Math.min(SHADES - 1, Math.floor(SHADES * score))}`;
