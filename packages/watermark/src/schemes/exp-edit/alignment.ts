/** @file Alignment of a text with a key sequence, which finds a mark again after insertions and deletions. */

/** Scores of text positions at key positions. */
export interface AlignmentInput {
  /** Gain of text position i at key position j, shape [keys, tokens]; larger for marked text. */
  gains: Float64Array;
  keys: number;
  tokens: number;
  /** Loss for a token without a key position, or a key position without a token, at least 0. */
  gap: number;
}

/**
 * The largest sum of gains less gaps of an alignment of the whole text with as many key positions from `shift` on, the key
 * sequence being a circle. Fills `table`, shape [tokens + 1, tokens + 1], by rows of tokens.
 */
function alignFrom(
  shift: number,
  { gains, keys, tokens, gap }: AlignmentInput,
  table: Float64Array,
) {
  const width = tokens + 1;
  for (let j = 0; j < width; j++) table[j] = -gap * j;
  for (let i = 1; i < width; i++) {
    const row = i * width;
    table[row] = -gap * i;
    for (let j = 1; j < width; j++) {
      const gain = gains[((shift + j - 1) % keys) * tokens + i - 1]!;
      const matched = table[row - width + j - 1]! + gain;
      const skipped = Math.max(table[row - width + j]!, table[row + j - 1]!) - gap;
      table[row + j] = Math.max(matched, skipped);
    }
  }
  return table[width * width - 1]!;
}

/** Key position of each token in the best alignment of a filled table, −1 for one without. */
function matchesOf(shift: number, { gains, keys, tokens }: AlignmentInput, table: Float64Array) {
  const width = tokens + 1;
  const matches = new Int32Array(tokens).fill(-1);
  let [i, j] = [tokens, tokens];
  while (i > 0 && j > 0) {
    const at = i * width + j;
    const key = (shift + j - 1) % keys;
    if (table[at] === table[at - width - 1]! + gains[key * tokens + i - 1]!) {
      matches[i - 1] = key;
      i--;
      j--;
    } else if (table[at - width]! >= table[at - 1]!) i--;
    else j--;
  }
  return matches;
}

/** The best alignment over all shifts. */
export function bestAlignment(input: AlignmentInput): { score: number; matches: Int32Array } {
  const { keys, tokens } = input;
  const table = new Float64Array((tokens + 1) ** 2);
  let [best, score] = [0, Number.NEGATIVE_INFINITY];
  for (let shift = 0; shift < keys; shift++) {
    const own = alignFrom(shift, input, table);
    if (own <= score) continue;
    best = shift;
    score = own;
  }
  alignFrom(best, input, table);
  return { score, matches: matchesOf(best, input, table) };
}

/** The best score alone. @param table room of at least (tokens + 1)² numbers */
export function bestScore(input: AlignmentInput, table: Float64Array): number {
  let score = Number.NEGATIVE_INFINITY;
  for (let shift = 0; shift < input.keys; shift++)
    score = Math.max(score, alignFrom(shift, input, table));
  return score;
}
