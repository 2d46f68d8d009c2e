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
/** The temperature that letters are drawn at, at first. */
export const TEMPERATURE = 0.7;
/** Letters that a text to begin with may have. */
export const LONGEST_BEGIN = 40;
/** Experts that must stay on: as many as the router chooses. */
export const LEAST_ON = 2;
