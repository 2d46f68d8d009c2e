/** Why a scheme that picks the token itself is no bias. */
export const NEEDS_PROBABILITIES = "needs the model's probabilities; use chooseFromProbabilities";
