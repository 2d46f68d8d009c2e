/** Routed experts of a layer. */
export const EXPERTS = 6;
/** Steps of a training. */
export const STEPS = 80;
/** Letters that the model writes. */
export const WRITTEN = 160;
/** Letters that a sentence may have. */
export const LONGEST = 280;
/** The sentence that is there at first. */
export const SENTENCE = "the quick brown fox jumps over the lazy dog.";
