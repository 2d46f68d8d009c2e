/** Most solutions of a problem. */
export const MOST = 32;

/** Numbers of solutions at which votes and scores are compared. */
export const COUNTS = [1, 2, 4, 8, 16, 32];
