/** Tasks that were held out. */
export const TASKS = 120;

/** Most programs that are written for a task. */
export const MOST = 32;

/** Letters that a program may have. */
export const LONGEST_PROGRAM = 2000;

/** Letters that a text to fill in may have. */
export const LONGEST_TEXT = 1000;

/** Most tokens that are filled in. */
export const MOST_TOKENS = 40;

/** Limits of a program. The instructions are those of the study. */
export const LIMITS = { instructions: 1_000_000, outputLength: 2000, killMs: 5000 };
