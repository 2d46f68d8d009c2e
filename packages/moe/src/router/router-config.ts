import type { OptionNames } from "@deepgrain/support";
import { assertInteger, assertNumber } from "../checks";
import { MoeError } from "../errors";

/** How a token's experts are chosen and weighted. Names in brackets are those of the published configurations. */
export interface RouterConfig {
  /** Experts to choose from, N' (`n_routed_experts`). */
  experts: number;
  /** Experts a token passes, K' (`num_experts_per_tok`). */
  topK: number;
  /** The function from logits to scores (`scoring_func`). Default `"softmax"`. */
  scoring?: "softmax" | "sigmoid";
  /**
   * How experts are picked (`topk_method`). `greedy` (default): the best of all. `group_limited_greedy`: the best inside
   * the best groups, a group counting as its best expert. `noaux_tc`: by score plus balancing bias, a group counting as
   * the sum of its two best.
   */
  method?: "greedy" | "group_limited_greedy" | "noaux_tc";
  /** Groups of consecutive experts, the devices of device-limited routing (`n_group`). Default 1. */
  groups?: number;
  /** Groups a token may use (`topk_group`). Default all. */
  groupsKept?: number;
  /** Whether a token's weights are normalised to sum to 1 (`norm_topk_prob`). Default false; never for `topK` 1. */
  normTopkProb?: boolean;
  /** Multiplies the weights (`routed_scaling_factor`). Default 1. */
  scale?: number;
  /**
   * Which family's order of the last two steps is used. `deepseek`: there is no factor. `deepseek_v2`: normalised
   * weights are not multiplied. `deepseek_v3` (default): normalised, then multiplied.
   */
  family?: "deepseek" | "deepseek_v2" | "deepseek_v3";
  /** Whether the balancing bias is added to the score (default) or multiplies it. */
  biasMode?: "add" | "multiply";
}

export const routerConfigNames: OptionNames<RouterConfig> = {
  experts: true,
  topK: true,
  scoring: true,
  method: true,
  groups: true,
  groupsKept: true,
  normTopkProb: true,
  scale: true,
  family: true,
  biasMode: true,
};

/** Routing settings with every default filled in. */
export type ResolvedRouter = Required<RouterConfig>;

/** Experts that stay selectable when each token keeps its best groups. */
export const reachableExperts = ({
  experts,
  groups,
  groupsKept,
  method,
}: ResolvedRouter): number => (method === "greedy" ? experts : (experts / groups) * groupsKept);

/**
 * Fills in the defaults and checks the settings.
 * @throws {MoeError} `ERR_RANGE` for counts out of range, groups that do not divide the experts, or too few experts left
 */
export function resolveRouter(config: RouterConfig): ResolvedRouter {
  const groups = config.groups ?? 1;
  const router: ResolvedRouter = {
    scoring: "softmax",
    method: "greedy",
    groups,
    groupsKept: groups,
    normTopkProb: false,
    scale: 1,
    family: "deepseek_v3",
    biasMode: "add",
    ...config,
  };
  const where = "router";
  assertInteger(where, "experts", router.experts, 1);
  assertInteger(where, "topK", router.topK, 1, router.experts);
  assertInteger(where, "groups", router.groups, 1, router.experts);
  assertInteger(where, "groupsKept", router.groupsKept, 1, router.groups);
  assertNumber(where, "scale", router.scale, 0, { isOpen: true });
  if (router.experts % router.groups !== 0)
    throw new MoeError(
      "ERR_RANGE",
      `moe/router: ${router.groups} groups must divide ${router.experts} experts`,
      { fields: { groups: router.groups, experts: router.experts } },
    );
  const reachable = reachableExperts(router);
  if (router.topK > reachable)
    throw new MoeError(
      "ERR_RANGE",
      `moe/router: topK must be at most ${reachable} (experts in ${router.groupsKept} groups), got ${router.topK}`,
      { fields: { topK: router.topK, reachable } },
    );
  if (router.family === "deepseek" && router.scale !== 1)
    throw new MoeError(
      "ERR_RANGE",
      `moe/router: the deepseek family has no scale, got ${router.scale}`,
      { fields: { scale: router.scale } },
    );
  return router;
}
