import { MoeError, real, whole } from "../errors";

/** How a token's experts are chosen and weighted. Names in brackets are those of the published configurations. */
export interface RouterConfig {
  /** Experts to choose from, N' (`n_routed_experts`). */
  experts: number;
  /** Experts a token passes, K' (`num_experts_per_tok`). */
  topK: number;
  /** The function from logits to scores (`scoring_func`). Default `"softmax"`. */
  scoring?: "softmax" | "sigmoid" | undefined;
  /**
   * How experts are picked (`topk_method`). `greedy` (default): the best of all. `group_limited_greedy`: the best inside
   * the best groups, a group counting as its best expert. `noaux_tc`: by score plus balancing bias, a group counting as
   * the sum of its two best.
   */
  method?: "greedy" | "group_limited_greedy" | "noaux_tc" | undefined;
  /** Groups of consecutive experts, the devices of device-limited routing (`n_group`). Default 1. */
  groups?: number | undefined;
  /** Groups a token may use (`topk_group`). Default all. */
  groupsKept?: number | undefined;
  /** Whether a token's weights are normalised to sum to 1 (`norm_topk_prob`). Default false; never for `topK` 1. */
  normTopkProb?: boolean | undefined;
  /** Multiplies the weights (`routed_scaling_factor`). Default 1. */
  scale?: number | undefined;
  /**
   * Which family's order of the last two steps is used. `deepseek`: there is no factor. `deepseek_v2`: normalised
   * weights are not multiplied. `deepseek_v3` (default): normalised, then multiplied.
   */
  family?: "deepseek" | "deepseek_v2" | "deepseek_v3" | undefined;
  /** Whether the balancing bias is added to the score (default) or multiplies it. */
  biasMode?: "add" | "multiply" | undefined;
}

/** Routing settings with every default filled in. */
export type ResolvedRouter = { [Name in keyof RouterConfig]-?: NonNullable<RouterConfig[Name]> };

/** Experts that stay selectable when each token keeps its best groups. */
export const reachableExperts = ({
  experts,
  groups,
  groupsKept,
  method,
}: ResolvedRouter): number => (method === "greedy" ? experts : (experts / groups) * groupsKept);

/** The settings of a router that a configuration holds, with defaults but not checked, and what else it holds. */
export function splitRouter<Config extends RouterConfig>(config: Config) {
  const {
    experts,
    topK,
    scoring = "softmax",
    method = "greedy",
    groups = 1,
    groupsKept = groups,
    normTopkProb = false,
    scale = 1,
    family = "deepseek_v3",
    biasMode = "add",
    ...rest
  } = config;
  const router: ResolvedRouter = {
    experts,
    topK,
    scoring,
    method,
    groups,
    groupsKept,
    normTopkProb,
    scale,
    family,
    biasMode,
  };
  return { router, rest };
}

/**
 * Fills in the defaults and checks the settings.
 * @throws {MoeError} `ERR_RANGE` for counts out of range, groups that do not divide the experts, or too few experts left
 */
export function resolveRouter(config: RouterConfig): ResolvedRouter {
  const { router } = splitRouter(config);
  checkRouter(router);
  return router;
}

/** @throws {MoeError} as `resolveRouter` */
export function checkRouter(router: ResolvedRouter): void {
  const where = "router";
  whole(where, "experts", router.experts, { min: 1 });
  whole(where, "topK", router.topK, { min: 1, max: router.experts });
  whole(where, "groups", router.groups, { min: 1, max: router.experts });
  whole(where, "groupsKept", router.groupsKept, { min: 1, max: router.groups });
  real(where, "scale", router.scale, { above: 0 });
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
}
