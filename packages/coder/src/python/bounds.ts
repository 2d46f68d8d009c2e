/** Bounds of all that crosses between interpreters. */
export const bounds = {
  /** Levels of a value. */
  MOST_DEPTH: 200,
  /** Nodes of a value. */
  MOST_NODES: 2 ** 18,
  /** Characters of a value's texts. */
  MOST_TEXT: 2 ** 20,
  /** Length of a message without what is printed, in UTF-16 units. */
  MOST_LINE: 2 ** 23,
  /** Requests of a sample's tests. */
  MOST_REQUESTS: 2 ** 16,
} as const;
