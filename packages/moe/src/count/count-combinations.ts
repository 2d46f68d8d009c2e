import { whole } from "@deepgrain/support/schema";
import { check } from "../errors";

/**
 * The number of sets of experts that a token can be routed to, `experts` choose `topK`. Fine-grained experts increase
 * it.
 * @throws {MoeError} `ERR_RANGE`
 * @see DeepSeekMoE (Dai et al. 2024), section 3.1: 16 choose 2 = 120, 64 choose 8 = 4,426,165,368
 */
export function countCombinations(experts: number, topK: number): bigint {
  check("countCombinations", "experts", experts, whole({ min: 0 }));
  check("countCombinations", "topK", topK, whole({ min: 0, max: experts }));
  let sets = 1n;
  for (let i = 1n; i <= topK; i++) sets = (sets * (BigInt(experts - topK) + i)) / i;
  return sets;
}
