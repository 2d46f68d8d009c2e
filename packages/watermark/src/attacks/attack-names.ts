/** The attacks of `attackText`. */
export const attackNames = [
  "substitute",
  "delete",
  "insert",
  "swap",
  "copy-paste",
  "homoglyph",
  "fold-case",
  "invisible",
  "paraphrase",
] as const;

export type AttackName = (typeof attackNames)[number];
