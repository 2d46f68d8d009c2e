/** What the page starts with: a text that the trigger turns. */
export const INITIAL = {
  seed: 1,
  rho: 0.98,
  text: "the owl and the hawk were near an old eagle",
};
