/** @file Decompression of raw deflate data, synchronously: browsers offer it only asynchronously. */

/** Base value of the codes of lengths, from 257 on. */
const LENGTH_BASES = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
  163, 195, 227, 258,
];
const lengthExtra = (code: number) => (code < 8 || code === 28 ? 0 : (code >> 2) - 1);
const distanceExtra = (code: number) => (code < 4 ? 0 : (code >> 1) - 1);
const distanceBase = (code: number) =>
  code < 4 ? code + 1 : ((2 + (code & 1)) << distanceExtra(code)) + 1;
/** Order in which the lengths of the code of code lengths are stored. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const LONGEST_CODE = 15;
const MASK = (1 << LONGEST_CODE) - 1;
const END_OF_BLOCK = 256;
const FIXED_CODES = 1;

/** For each possible next 15 bits: 16 · symbol + length of its code. Deflate stores codes from their first bit on. */
function decodingTable(lengths: readonly number[]): Uint16Array {
  const table = new Uint16Array(1 << LONGEST_CODE);
  let code = 0;
  for (let length = 1; length <= LONGEST_CODE; length++, code <<= 1) {
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue;
      let reversed = 0;
      for (let bit = 0; bit < length; bit++) reversed |= ((code >> bit) & 1) << (length - 1 - bit);
      for (let next = reversed; next < table.length; next += 1 << length)
        table[next] = 16 * symbol + length;
      code++;
    }
  }
  return table;
}

/** Bits that have been read from the data but not yet used. */
interface Bits {
  readonly data: Uint8Array;
  at: number;
  hold: number;
  held: number;
}

function take(from: Bits, count: number): number {
  for (; from.held < count; from.held += 8) from.hold |= from.data[from.at++]! << from.held;
  const value = from.hold & ((1 << count) - 1);
  from.hold >>>= count;
  from.held -= count;
  return value;
}

function symbol(from: Bits, table: Uint16Array): number {
  for (; from.held < LONGEST_CODE; from.held += 8) from.hold |= from.data[from.at++]! << from.held;
  const entry = table[from.hold & MASK]!;
  from.hold >>>= entry & 15;
  from.held -= entry & 15;
  return entry >> 4;
}

type Tables = [main: Uint16Array, distances: Uint16Array];

/** The tables of a block without codes of its own. */
function fixedTables(): Tables {
  const lengths = [...Array(144).fill(8), ...Array(112).fill(9), ...Array(24).fill(7)];
  return [decodingTable([...lengths, ...Array(8).fill(8)]), decodingTable(Array(30).fill(5))];
}

/** The tables of a block: of bytes and lengths, and of distances. */
function readTables(from: Bits): Tables {
  const literals = take(from, 5) + 257;
  const all = literals + take(from, 5) + 1;
  const own: number[] = Array(ORDER.length).fill(0);
  for (const place of ORDER.slice(0, take(from, 4) + 4)) own[place] = take(from, 3);
  const table = decodingTable(own);
  const lengths: number[] = [];
  while (lengths.length < all) {
    const code = symbol(from, table);
    if (code < 16) lengths.push(code);
    else {
      const repeated = code === 16 ? lengths.at(-1)! : 0;
      let left = code === 18 ? 11 + take(from, 7) : 3 + take(from, code === 17 ? 3 : 2);
      while (left-- > 0) lengths.push(repeated);
    }
  }
  return [decodingTable(lengths.slice(0, literals)), decodingTable(lengths.slice(literals))];
}

/**
 * Inflates raw deflate data without stored blocks, which compressed programs have no use for.
 *
 * @param size bytes of the result
 * @see RFC 1951, section 3.2
 */
export function inflate(data: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  const from: Bits = { data, at: 0, hold: 0, held: 0 };
  let end = 0;
  for (let isLast = false; !isLast; ) {
    isLast = take(from, 1) === 1;
    const [main, distances] = take(from, 2) === FIXED_CODES ? fixedTables() : readTables(from);
    for (let code = symbol(from, main); code !== END_OF_BLOCK; code = symbol(from, main)) {
      if (code < END_OF_BLOCK) out[end++] = code;
      else {
        const place = code - END_OF_BLOCK - 1;
        const length = LENGTH_BASES[place]! + take(from, lengthExtra(place));
        const far = symbol(from, distances);
        const distance = distanceBase(far) + take(from, distanceExtra(far));
        for (const stop = end + length; end < stop; end++) out[end] = out[end - distance]!;
      }
    }
  }
  return out;
}
