/** The paper's context width for a seeding scheme, used when the profile gives none. */
const widths: Readonly<Record<string, number>> = {
  lefthash: 1,
  additive: 1,
  minhash: 4,
  skipgram: 5,
  selfhash: 4,
};

/** The context width that goes with a profile's seeding scheme. */
export const defaultContextWidth = (given: Readonly<Record<string, unknown>>) => ({
  context_width: widths[(given.seeding_scheme ?? "lefthash") as string],
});
