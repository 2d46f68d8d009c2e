/** Most levels of a value that crosses between interpreters. */
export const MOST_DEPTH = 200;

/** Most nodes of a value. */
export const MOST_NODES = 2 ** 18;

/** Most characters of a value's texts. */
export const MOST_TEXT = 2 ** 20;

/** Longest message without what is printed, in UTF-16 units. */
export const MOST_LINE = 2 ** 23;

/** Most requests of a sample's tests. */
export const MOST_REQUESTS = 2 ** 17;
