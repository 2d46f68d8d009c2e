/** A text as token ids, and how often it is read beside others. */
export interface MixedText {
  tokens: Int32Array;
  /** In proportion to the other texts' shares. */
  share: number;
}

/**
 * Rows drawn from texts by their shares, each row from one text, beginning anywhere.
 *
 * @param texts at least one; each has `length` tokens or more
 * @param random uniform in [0, 1); called twice per row
 * @returns ids, shape [rows × length]
 */
export function mixedRows(
  texts: readonly MixedText[],
  { rows, length }: { rows: number; length: number },
  random: () => number,
): Int32Array {
  const ids = new Int32Array(rows * length);
  let total = 0;
  const ends = texts.map(({ share }) => {
    total += share;
    return total;
  });
  for (let row = 0; row < rows; row++) {
    const at = random() * total;
    const { tokens } = texts[ends.findIndex((end) => at < end)] ?? texts.at(-1)!;
    const start = Math.floor(random() * (tokens.length - length + 1));
    ids.set(tokens.subarray(start, start + length), row * length);
  }
  return ids;
}
