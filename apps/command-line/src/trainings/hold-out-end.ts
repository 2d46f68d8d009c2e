/** Share of a single document that is held out. */
const SHARE = 0.05;
/** Fewer sequences than these are all trained on. */
const LEAST_SEQUENCES = 10;

/**
 * Holds out the end of a text that is one document: its last 5 %, at least one sequence; nothing where it has fewer than ten.
 * @param ids the document's tokens
 * @param length tokens of a sequence
 */
export function holdOutEnd<Ids extends { length: number; slice(from: number, to?: number): Ids }>(
  ids: Ids,
  length: number,
): { train: Ids; heldOut: Ids } {
  const isShort = ids.length < LEAST_SEQUENCES * length;
  const cut = isShort ? ids.length : ids.length - Math.max(length, Math.floor(SHARE * ids.length));
  return { train: ids.slice(0, cut), heldOut: ids.slice(cut) };
}
