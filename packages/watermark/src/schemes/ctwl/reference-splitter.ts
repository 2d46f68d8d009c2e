import { unlimited } from "../../core/work-budget";
import type { QuantisedDistribution } from "../../proxy/proxy-lm";
import type { CtwlProfile } from "./profile";
import {
  messageKey,
  orderKeys,
  partitionSeed,
  tokenOrder,
  tupleHash,
  vanillaBit,
} from "./reference-hash";
import { type PartitionVote, partsByPrefix } from "./shared-draws";
import { coinsOf, type Splitter, tallyPlainly } from "./splitter";

/** Without partitions (Vanilla-Marking) `bits` is empty. */
interface ReferenceVote extends PartitionVote {
  isHit(message: number): boolean;
}

/** The published code's public constant in place of a key. */
const publicSeed = 42;
const stepsPerHash = 256; // of arithmetic with BigInt
const floorMod = (x: bigint, m: number) => Number(((x % BigInt(m)) + BigInt(m)) % BigInt(m));

function referenceHalf(key: bigint, { mass, total }: QuantisedDistribution): Uint8Array {
  const half = new Uint8Array(mass.length);
  let sum = 0;
  for (const token of tokenOrder(key, mass.length)) {
    sum += mass[token]!;
    if (2 * sum >= total) half[token] = 1;
  }
  return half;
}

function isInReferenceHalf(
  key: bigint,
  { mass, total }: QuantisedDistribution,
  token: number,
): boolean {
  const { low, high } = orderKeys(key, mass.length);
  let sum = 0;
  for (let v = 0; v < mass.length; v++) {
    const order = high[v]! - high[token]! || low[v]! - low[token]! || v - token;
    if (order <= 0) sum += mass[v]!;
  }
  return 2 * sum >= total;
}

/**
 * The published code's partitions: public hashes of the previous token and 42. Decoding tries
 * messages one by one, which is slow above about 12 bits; pass `candidates` in that case.
 *
 * @see Wang et al. 2024 (2307.15992), official code
 */
export function referenceSplitter(profile: CtwlProfile): Splitter<ReferenceVote> {
  const { message_code_len: bits } = profile;
  const partitions = profile.scheme === "ctwl-balance" ? profile.random_permutation_num : 0;
  const seedOf = (ids: ArrayLike<number>, end: number) => tupleHash([ids[end - 1]!, publicSeed]);
  const isHit = (vote: ReferenceVote, _chunk: number, message: number) => vote.isHit(message);
  return {
    favoured(ids, end, _chunk, message, proxy) {
      const seed = seedOf(ids, end);
      const key = messageKey(seed, bits, message);
      if (!partitions) return (token) => vanillaBit(key, token) === 1;
      const half = referenceHalf(
        partitionSeed(seed, partitions, floorMod(key, partitions)),
        proxy!,
      );
      return (token) => half[token] === 1;
    },
    vote(ids, at, proxy, spend = unlimited) {
      if (partitions) spend(partitions * (stepsPerHash + 4 * proxy!.mass.length));
      const seed = seedOf(ids, at);
      const token = ids[at]!;
      const keyOf = (message: number) => messageKey(seed, bits, message);
      const prefix = `${ids[at - 1]}`;
      const inside = Uint8Array.from({ length: partitions }, (_, j) =>
        isInReferenceHalf(partitionSeed(seed, partitions, j), proxy!, token) ? 1 : 0,
      );
      if (!partitions) {
        const isFavoured = (message: number) => vanillaBit(keyOf(message), token) === 1;
        return { chance: 0.5, prefix, bits: inside, isHit: isFavoured };
      }
      return {
        chance: inside.reduce((sum, bit) => sum + bit, 0) / partitions,
        prefix,
        bits: inside,
        isHit: (message) => inside[floorMod(keyOf(message), partitions)] === 1,
      };
    },
    partsOf: partitions ? partsByPrefix : coinsOf,
    isHit,
    tallySteps: (width) => stepsPerHash * 2 ** width,
    tally: (votes, chunk, width) => tallyPlainly({ isHit }, votes, chunk, width),
  };
}
