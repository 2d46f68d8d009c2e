/** A source of uniform numbers in [0, 1), such as `Math.random` or a seeded generator. */
export type Random = () => number;

/** One of the items, each as likely. */
export const pickFrom = <T>(items: readonly T[], random: Random): T =>
  items[Math.min(items.length - 1, Math.floor(random() * items.length))]!;
