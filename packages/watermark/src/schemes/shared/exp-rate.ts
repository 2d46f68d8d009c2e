/** Expected gain of EXP's score for a nat of entropy, as a hit rate of a half of the vocabulary. */
export const expRate = 0.5 + (Math.PI ** 2 / 6 - 1) / 2;
