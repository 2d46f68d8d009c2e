/** The bonus of each side at equal success, as `chooseBiases` picks it from tuning.json.gz. */
export const tuned: Readonly<Record<"vanilla" | "balance", number>> = {
  vanilla: 1.5,
  balance: 1.5,
};
