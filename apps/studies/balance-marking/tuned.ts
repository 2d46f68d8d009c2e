/** The bonus of each side at equal success, as `chooseBiases` picks it from tuning.json. */
export const tuned: Readonly<Record<"vanilla" | "balance", number>> = {
  vanilla: 2,
  balance: 2,
};
