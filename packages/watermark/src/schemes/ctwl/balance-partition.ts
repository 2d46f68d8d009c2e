/** @file Splitting a vocabulary so that each side holds half of a proxy's probability. */
import { type Spend, unlimited } from "../../core/work-budget";
import { mix } from "../../prf/expand";
import type { Seed } from "../../prf/siphash";
import type { QuantisedDistribution } from "../../proxy/proxy-lm";

const bucketBits = 10;
const buckets = new Float64Array(2 ** bucketBits);
let orders = new Uint32Array(0);

/**
 * The favoured half of one partition: tokens are ordered by (u(v), v) with u from the seed, and
 * those whose inclusive cumulative probability reaches ½ are favoured. The crossing token is included, so a token
 * with probability of at least ½ always is.
 *
 * Finds the crossing token with one pass over buckets of u and a sort of one bucket.
 *
 * @returns membership of a token
 * @see Wang et al. 2024 (2307.15992), Balance-Marking
 */
export function balancedHalf(
  seed: Seed,
  { mass, total }: QuantisedDistribution,
): (token: number) => boolean {
  const [low, high] = seed;
  const shift = 32 - bucketBits;
  if (orders.length < mass.length) orders = new Uint32Array(mass.length);
  buckets.fill(0);
  for (let v = 0; v < mass.length; v++) {
    const u = mix(low, high, v);
    orders[v] = u;
    buckets[u >>> shift]! += mass[v]!;
  }
  let below = 0;
  let bucket = 0;
  while (2 * (below + buckets[bucket]!) < total) below += buckets[bucket++]!;
  const inside: { u: number; v: number }[] = [];
  for (let v = 0; v < mass.length; v++) {
    const u = orders[v]!;
    if (u >>> shift === bucket && mass[v] !== 0) inside.push({ u, v });
  }
  inside.sort((a, b) => a.u - b.u || a.v - b.v);
  let at = 0;
  while (2 * (below + mass[inside[at]!.v]!) < total) below += mass[inside[at++]!.v]!;
  const crossing = inside[at]!;
  return (token) => {
    const u = mix(low, high, token);
    return u > crossing.u || (u === crossing.u && token >= crossing.v);
  };
}

/** Tokens with mass, the heavier powers of two first, so that half is reached early. */
export function heavyFirst({ mass }: QuantisedDistribution): Int32Array {
  const starts = new Int32Array(33);
  for (let v = 0; v < mass.length; v++) if (mass[v] !== 0) starts[Math.clz32(mass[v]!) + 1]!++;
  for (let b = 1; b < starts.length; b++) starts[b]! += starts[b - 1]!;
  const order = new Int32Array(starts[32]!);
  for (let v = 0; v < mass.length; v++)
    if (mass[v] !== 0) order[starts[Math.clz32(mass[v]!)]!++] = v;
  return order;
}

/** Tokens examined before the first check whether the result is decided; doubled each time, up to `longest`. */
const shortest = 4;
const longest = 512;

/**
 * Whether `token` is in the half that `balancedHalf` would give, without ordering the vocabulary: it
 * is when the tokens up to and including it hold at least half. Stops soon after either side does.
 *
 * @param order from `heavyFirst`
 * @param spend called with two steps for each token examined
 */
export function isInHalf(
  seed: Seed,
  { mass, total }: QuantisedDistribution,
  order: Int32Array,
  token: number,
  spend: Spend = unlimited,
): boolean {
  const [low, high] = seed.map((word) => word | 0) as [number, number]; // small integers are faster
  const own = mix(low, high, token) | 0;
  const notOwn = ~own;
  let upTo = 0;
  let after = 0;
  let i = 0;
  let stride = shortest; // a peaked proxy decides within a few tokens, a flat one after thousands
  while (i < order.length) {
    // No branch depends on the random order, since such branches are mispredicted half of the time. Sums stay below 2^25.
    for (const end = Math.min(order.length, i + stride); i < end; i++) {
      const v = order[i]!;
      const u = mix(low, high, v) | 0; // A different number for each token, so there are no ties.
      // The borrow of own − u, both without sign: −1 where u is greater, else 0.
      const isAfter = ((notOwn & u) | ((notOwn | u) & (own - u))) >> 31;
      upTo = (upTo + (mass[v]! & ~isAfter)) | 0;
      after = (after + (mass[v]! & isAfter)) | 0;
    }
    if (2 * upTo >= total || 2 * after > total) break;
    stride = Math.min(longest, 2 * stride);
  }
  spend(2 * i);
  return 2 * upTo >= total;
}
