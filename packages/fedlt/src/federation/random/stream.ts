import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import { FedError } from "../../errors";

/** A source of uniform numbers in [0, 1). */
export type Random = () => number;

/** 32 bits of a text: FNV-1a over its code units, then the finaliser of MurmurHash3. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}

/**
 * A separate stream of uniform numbers for each path, for example `stream(seed, "batches", round, clientId)`. Equal
 * arguments give equal numbers, regardless of earlier draws and of the platform.
 *
 * @param seed an integer from 0 to 2^53 − 1
 * @param path the purpose of the numbers
 * @throws {FedError} `ERR_RANGE` when the seed is not such an integer
 */
export function stream(seed: number, ...path: readonly (string | number)[]): Random {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new FedError(
      "ERR_RANGE",
      `fedlt/stream: seed must be an integer from 0 to 2^53 − 1, got ${seed}`,
      {
        fields: { seed },
      },
    );
  const key = JSON.stringify([seed, ...path]);
  const generator = xoroshiro128plusFromState([0, 1, 2, 3].map((word) => hash(`${word}${key}`)));
  return () => uniformFloat64(generator);
}
