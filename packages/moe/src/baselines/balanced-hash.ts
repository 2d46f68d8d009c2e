import { real, whole } from "@deepgrain/support/schema";
import { check, listOf } from "../errors";

const frequency = real({ min: 0 });

/**
 * A fixed expert for every token id, so that all experts get about the same number of tokens. Ids in order of
 * decreasing frequency (ties by number) are assigned to the expert with the lowest load so far; on ties, to the one
 * with fewer ids, then to the lowest.
 *
 * @param frequencies how often each token id occurs in the training text, at least 0
 * @param experts at least 1
 * @returns [vocabulary] the expert of each id
 * @throws {MoeError} `ERR_RANGE`
 * @see Roller et al. 2021 (Hash Layers), section 3.1, balanced assignment
 */
export function balancedHash(frequencies: ArrayLike<number>, experts: number): Int32Array {
  check("balancedHash", "experts", experts, whole({ min: 1 }));
  listOf("balancedHash", "frequencies", frequencies);
  const ids = Array.from(frequencies, (count, id) => {
    check("balancedHash", "frequency", count, frequency);
    return id;
  }).sort((a, b) => frequencies[b]! - frequencies[a]! || a - b);
  const load = new Float64Array(experts);
  const members = new Int32Array(experts);
  const table = new Int32Array(frequencies.length);
  for (const id of ids) {
    let lightest = 0;
    for (let e = 1; e < experts; e++) {
      const difference = load[e]! - load[lightest]! || members[e]! - members[lightest]!;
      if (difference < 0) lightest = e;
    }
    table[id] = lightest;
    load[lightest]! += frequencies[id]!;
    members[lightest]!++;
  }
  return table;
}
