/** @file Counting hits of all 2^L messages at once. */

/** A vote whose hit depends on the message through j = (a[upper bits] + b[lower bits]) mod R. */
export interface IndexedVote {
  /** Membership per partition, shape [R], zeros and ones. */
  readonly bits: Uint8Array;
  readonly upper: Int32Array;
  readonly lower: Int32Array;
}

/** How many of a message's bits are the lower ones. */
export const lowerBitsOf = (bits: number): number => Math.ceil(bits / 2);

/**
 * Hits of every message. For one vote all messages with the same upper bits share an offset, and
 * there are at most R offsets: so one row of 2^(L/2) bytes per offset is built, and rows are added
 * four bytes at a time. Bytes are added to 16-bit counts before they can overflow.
 *
 * @param votes at most 65,535
 * @param rowCount values of the upper bits
 * @param rowLength values of the lower bits
 * @returns shape [rowCount · rowLength]; message = upper · rowLength + lower
 */
export function packedTally(
  votes: readonly IndexedVote[],
  rowCount: number,
  rowLength: number,
): Uint16Array {
  const totals = new Uint16Array(rowCount * rowLength);
  if (rowLength % 4 !== 0) return smallTally(votes, totals, rowLength);
  const bytes = new Uint8Array(totals.length);
  const words = new Uint32Array(bytes.buffer);
  const rows = new Map<number, Uint32Array>();
  votes.forEach((vote, i) => {
    rows.clear();
    addVote(vote, words, rows, rowLength);
    if (i % 255 !== 254 && i !== votes.length - 1) return;
    for (let message = 0; message < totals.length; message++) totals[message]! += bytes[message]!;
    bytes.fill(0);
  });
  return totals;
}

function addVote(
  { bits, upper, lower }: IndexedVote,
  words: Uint32Array,
  rows: Map<number, Uint32Array>,
  rowLength: number,
): void {
  const partitions = bits.length;
  const rowWords = rowLength / 4;
  for (let u = 0; u < upper.length; u++) {
    const offset = upper[u]!;
    let row = rows.get(offset);
    if (!row) {
      const rowBytes = new Uint8Array(rowLength);
      for (let l = 0; l < rowLength; l++) {
        const j = offset + lower[l]!;
        rowBytes[l] = bits[j < partitions ? j : j - partitions]!;
      }
      row = new Uint32Array(rowBytes.buffer);
      rows.set(offset, row);
    }
    const at = u * rowWords;
    for (let w = 0; w < rowWords; w++) words[at + w]! += row[w]!;
  }
}

function smallTally(votes: readonly IndexedVote[], totals: Uint16Array, rowLength: number) {
  for (const { bits, upper, lower } of votes)
    for (let message = 0; message < totals.length; message++) {
      const j = upper[Math.floor(message / rowLength)]! + lower[message % rowLength]!;
      totals[message]! += bits[j % bits.length]!;
    }
  return totals;
}
