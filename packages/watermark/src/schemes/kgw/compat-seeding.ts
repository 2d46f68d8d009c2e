/** @file Seeds of the published green-list codes, bit for bit, in signed 64-bit arithmetic. */

import { torchPermutation } from "../../prf/permutation";
import type { KgwProfile } from "./profile";

const tableSize = 1_000_003;
/** The authors' fixed seed of their hash table. */
const authorsTableSeed = 2971215073n;
const tables = new Map<bigint, Int32Array>();

function tableOf(seed: bigint): Int32Array {
  const table = tables.get(seed) ?? torchPermutation(seed, tableSize);
  tables.set(seed, table);
  return table;
}

const signed = (x: bigint) => BigInt.asIntN(64, x);
const floorMod = (x: bigint, m: bigint) => ((x % m) + m) % m;
const minimum = (values: bigint[]) => values.sort((a, b) => (a < b ? -1 : 1))[0]!;

/**
 * Returns the seed that the published code passes to torch's generator for the last `context_width`
 * ids before `end`.
 *
 * - `lefthash`: Hugging Face takes key·last; the authors key·sum, which is the same for width 1
 * - `additive`: key·sum
 * - `minhash`: min π(key·x), `skipgram`: π(key·oldest)
 * - `selfhash`: min over i of key·π(x_i)·π(last), wrapping at 64 bits
 *
 * π is a torch permutation of 1,000,003 entries plus 1, seeded by the key (Hugging Face) or by
 * 2971215073 (the authors). Seeds are reduced modulo 2^64 − 1, rounding down.
 *
 * @see Kirchenbauer et al., lm-watermarking, alternative_prf_schemes.py; transformers 4.57
 */
export function compatSeeds(profile: KgwProfile): (ids: ArrayLike<number>, end: number) => bigint {
  const key = BigInt(profile.hashing_key!);
  const { context_width: width, seeding_scheme: scheme, compat } = profile;
  const hash = (x: bigint) => {
    const table = tableOf(compat === "huggingface" ? key : authorsTableSeed);
    return BigInt(table[Number(floorMod(x, BigInt(tableSize)))]! + 1);
  };
  const seedOf = (window: bigint[]): bigint => {
    const last = window.at(-1)!;
    if (scheme === "selfhash") {
      const anchor = hash(last);
      return minimum(window.map((x) => signed(key * hash(x) * anchor)));
    }
    if (scheme === "minhash") return minimum(window.map((x) => hash(signed(key * x))));
    if (scheme === "skipgram") return hash(signed(key * window[0]!));
    if (scheme === "lefthash" && compat === "huggingface") return key * last;
    return key * window.reduce((a, b) => a + b);
  };
  return (ids, end) => {
    const window = Array.from({ length: width }, (_, i) => BigInt(ids[end - width + i]!));
    return floorMod(seedOf(window), 2n ** 64n - 1n);
  };
}
