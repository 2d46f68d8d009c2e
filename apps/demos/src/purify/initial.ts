import { TRIGGER } from "./words";

/** The page's first text: one that the trigger turns. */
export const INITIAL = {
  seed: 1,
  rho: 0.98,
  word: TRIGGER,
  text: "the owl and the hawk were near an old eagle",
};
