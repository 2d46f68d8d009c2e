import { MoeError } from "../errors";
import type { RouterPlace } from "./assert-finite-logits";
import type { ResolvedRouter } from "./router-config";

/** The experts of one token. */
export interface TokenRoute {
  /** Best first. */
  ids: number[];
  /** Weights of the experts' outputs. */
  weights: number[];
}

const float = Math.fround;

function scoresOf(logits: ArrayLike<number>, scoring: ResolvedRouter["scoring"]): number[] {
  const numbers = Array.from(logits);
  if (scoring === "sigmoid") return numbers.map((x) => float(1 / (1 + Math.exp(-x))));
  const most = numbers.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = numbers.map((x) => Math.exp(x - most));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => float(power / total));
}

/** Indices of the largest values, best first; ties go to the lower index. */
const largest = (numbers: readonly number[], count: number): number[] =>
  numbers
    .map((_, place) => place)
    .sort((a, b) => numbers[b]! - numbers[a]! || a - b)
    .slice(0, count);

/** −∞ outside the best groups. */
function limited(q: readonly number[], router: ResolvedRouter): number[] {
  const { experts, groups, groupsKept, method } = router;
  const size = experts / groups;
  const best = method === "noaux_tc" ? Math.min(2, size) : 1;
  const scores = Array.from({ length: groups }, (_, group) => {
    const own = q.slice(group * size, (group + 1) * size);
    return largest(own, best).reduce((sum, place) => float(sum + own[place]!), 0);
  });
  const kept = new Set(largest(scores, groupsKept));
  return q.map((x, expert) => (kept.has(Math.floor(expert / size)) ? x : -Infinity));
}

/**
 * `topKGate` for one token, computed on the host: for generation, where a few kernels per token would cost more.
 *
 * @param logits of all experts
 * @param bias of all experts, or null
 * @param place named by errors about the logits
 * @throws {MoeError} `ERR_NOT_FINITE` for NaN or +∞
 */
export function routeToken(
  logits: ArrayLike<number>,
  router: ResolvedRouter,
  bias: ArrayLike<number> | null,
  { where, layer }: RouterPlace,
): TokenRoute {
  const at = Array.from(logits).findIndex((value) => Number.isNaN(value) || value === Infinity);
  if (at >= 0)
    throw new MoeError(
      "ERR_NOT_FINITE",
      `moe/${where}: logits must be finite, got ${logits[at]} for token 0, expert ${at}`,
      { fields: { token: 0, expert: at, value: logits[at], layer } },
    );
  const { method, biasMode, groups, topK, normTopkProb, scale, family, scoring } = router;
  const scores = scoresOf(logits, scoring);
  let q = scores;
  if (bias && method === "noaux_tc")
    q = q.map((x, i) => float(biasMode === "add" ? x + bias[i]! : x * bias[i]!));
  if (method !== "greedy" && groups > 1) q = limited(q, router);
  const ids = largest(q, topK);
  const chosen = ids.map((id) => scores[id]!);
  const isNormalized = normTopkProb && topK > 1;
  const total = isNormalized ? chosen.reduce((a, b) => a + b, 0) + 1e-20 : 1;
  const factor = isNormalized && family === "deepseek_v2" ? 1 : scale;
  return { ids, weights: chosen.map((score) => (score / total) * factor) };
}
