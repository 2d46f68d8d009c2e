const MASK = (1n << 32n) - 1n;

/**
 * Philox 4x32-10 in exact integers, written from the paper.
 *
 * @param counter four words
 * @param key two words
 * @see Salmon et al. 2011, section 3.3 and table 2
 */
export function philoxReference(counter: readonly bigint[], key: readonly bigint[]): number[] {
  let [c0, c1, c2, c3] = counter as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key as [bigint, bigint];
  for (let round = 0; round < 10; round++) {
    const [first, second] = [c0 * 0xd2511f53n, c2 * 0xcd9e8d57n];
    [c0, c1, c2, c3] = [
      (second >> 32n) ^ c1 ^ k0,
      second & MASK,
      (first >> 32n) ^ c3 ^ k1,
      first & MASK,
    ];
    k0 = (k0 + 0x9e3779b9n) & MASK;
    k1 = (k1 + 0xbb67ae85n) & MASK;
  }
  return [c0, c1, c2, c3].map(Number);
}

/** Word number `index` of the stream of `seed`. */
export function streamWord(seed: number, index: number): number {
  const words = (x: number) => [BigInt(x) & MASK, BigInt(x) >> 32n];
  const block = Math.floor(index / 4);
  return philoxReference([...words(block), 0n, 0n], words(seed))[index % 4]!;
}
