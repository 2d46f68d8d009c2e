/** @file MT19937 as torch's CPU generator uses it; only for the compatibility modes. */

const size = 624;

/** A source of 32-bit draws. */
export interface Draws {
  /** The next unsigned 32-bit integer. */
  next(): number;
}

/**
 * torch's CPU generator after `manual_seed(seed)`.
 *
 * @param seed any integer; only its low 32 bits are used
 * @returns draws of MT19937, tempered
 * @see Matsumoto and Nishimura 1998
 */
export function mersenneTwister(seed: number | bigint): Draws {
  const state = new Int32Array(size);
  state[0] = Number(BigInt.asUintN(32, BigInt(seed))) | 0;
  for (let i = 1; i < size; i++) {
    const previous = state[i - 1]!;
    state[i] = (Math.imul(1812433253, previous ^ (previous >>> 30)) + i) | 0;
  }
  let index = size;
  const twist = () => {
    for (let i = 0; i < size; i++) {
      const y = (state[i]! & 0x80000000) | (state[(i + 1) % size]! & 0x7fffffff);
      state[i] = state[(i + 397) % size]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    index = 0;
  };
  return {
    next() {
      if (index === size) twist();
      let y = state[index++]!;
      y ^= y >>> 11;
      y ^= (y << 7) & 0x9d2c5680;
      y ^= (y << 15) & 0xefc60000;
      return (y ^ (y >>> 18)) >>> 0;
    },
  };
}

/**
 * torch's `randint(0, bound, [count])` for bounds below 2^32: each draw modulo the bound.
 *
 * @param draws the generator, advanced by `count`
 */
export function torchRandint(draws: Draws, bound: number, count: number): Int32Array {
  return Int32Array.from({ length: count }, () => draws.next() % bound);
}
