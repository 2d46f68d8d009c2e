import { maskedFill, ones, scatter, type Tensor, tensor, zeros } from "@deepgrain/tensor-gpu";
import type { ResolvedRouter } from "./router-config";

/** q with −∞ where `kept` is 0. */
const hideUnless = (kept: Tensor, q: Tensor): Tensor => maskedFill(q, kept.eq(0), -Infinity);

/** −∞ outside the best `groupsKept` groups of each token; groups are runs of consecutive experts. */
function limitToGroups(q: Tensor, router: ResolvedRouter): Tensor {
  const { experts, groups, groupsKept, method } = router;
  const [tokens, size] = [q.shape[0]!, experts / groups];
  const grouped = q.reshape([tokens, groups, size]);
  const best = method === "noaux_tc" ? Math.min(2, size) : 1;
  const groupScores = grouped.topk(best).values.sum({ dim: -1 }); // [tokens, groups]
  const chosen = groupScores.topk(groupsKept).indices;
  const kept = scatter(zeros([tokens, groups]), 1, chosen, ones(chosen.shape));
  return hideUnless(kept.unsqueeze(2).expand(grouped.shape), grouped).reshape(q.shape);
}

/** −∞ at the `count` best experts of each token. */
function skipBest(q: Tensor, count: number): Tensor {
  const best = q.topk(count).indices;
  return hideUnless(scatter(ones(q.shape), 1, best, zeros(best.shape)), q);
}

/** −∞ at some experts of every token. */
function hideExperts(q: Tensor, hidden: readonly number[]): Tensor {
  const kept = new Float32Array(q.shape[1]!).fill(1);
  for (const expert of hidden) kept[expert] = 0;
  return hideUnless(tensor(kept, { shape: [1, kept.length] }).expand(q.shape), q);
}

/** Experts that are excluded for some or all tokens. */
export interface LeftOut {
  /** Number of each token's best experts to skip. Default 0. */
  skipTop?: number | undefined;
  /** Experts by number. Default none. */
  without?: readonly number[] | undefined;
}

/**
 * The experts of each token, best first; ties go to the lower number. Not differentiable.
 * Groups outside the best are masked with −∞, so a negative biased score still beats a masked one.
 *
 * @param scores [tokens, experts], off the tape
 * @param bias [experts] or null
 * @param leftOut experts to leave out first; of the rest the best are skipped
 * @returns int32 [tokens, topK]
 */
export function selectExperts(
  scores: Tensor,
  router: ResolvedRouter,
  bias: Tensor | null,
  { skipTop = 0, without = [] }: LeftOut = {},
): Tensor {
  let q = scores;
  if (bias && router.method === "noaux_tc")
    q = router.biasMode === "add" ? q.add(bias.detach()) : q.mul(bias.detach());
  if (without.length > 0) q = hideExperts(q, without);
  if (skipTop > 0) q = skipBest(q, skipTop);
  if (router.method !== "greedy" && router.groups > 1) q = limitToGroups(q, router);
  return q.topk(router.topK).indices;
}
