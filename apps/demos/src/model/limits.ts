/** The text that is there at first, and how it is continued. */
export const initial = { prompt: "Once upon a time", temperature: 0.6, tokens: 160, seed: 1 };
/** Letters of a text that is continued. */
export const LONGEST = 8000;
/** Tokens that are written. */
export const TOKENS = { min: 10, max: 2000 };
