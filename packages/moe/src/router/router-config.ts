import {
  boolean,
  type Given,
  oneOf,
  options,
  real,
  required,
  type Settled,
  whole,
} from "@deepgrain/support/schema";
import { MoeError, read } from "../errors";

/** How a token's experts are chosen and weighted. Names in brackets are those of the published configurations. */
export const routing = options({
  /** Experts to choose from, N' (`n_routed_experts`). */
  experts: required(whole({ min: 1 })),
  /** Experts a token passes, K' (`num_experts_per_tok`). */
  topK: required(whole({ min: 1, max: "experts" })),
  /** The function from logits to scores (`scoring_func`). */
  scoring: oneOf(["softmax", "sigmoid"], "softmax"),
  /**
   * How experts are picked (`topk_method`). `greedy`: the best of all. `group_limited_greedy`: the best inside
   * the best groups, a group counting as its best expert. `noaux_tc`: by score plus balancing bias, a group counting as
   * the sum of its two best.
   */
  method: oneOf(["greedy", "group_limited_greedy", "noaux_tc"], "greedy"),
  /** Groups of consecutive experts, the devices of device-limited routing (`n_group`). */
  groups: whole({ min: 1, max: "experts" }, 1),
  /** Groups a token may use (`topk_group`); all by default. */
  groupsKept: whole({ min: 1, max: "groups" }),
  /** Whether a token's weights are normalised to sum to 1 (`norm_topk_prob`); never for `topK` 1. */
  normTopkProb: boolean(false),
  /** Multiplies the weights (`routed_scaling_factor`). */
  scale: real({ above: 0 }, 1),
  /**
   * Which family's order of the last two steps is used. `deepseek`: there is no factor. `deepseek_v2`: normalised
   * weights are not multiplied. `deepseek_v3`: normalised, then multiplied.
   */
  family: oneOf(["deepseek", "deepseek_v2", "deepseek_v3"], "deepseek_v3"),
  /** Whether the balancing bias is added to the score or multiplies it. */
  biasMode: oneOf(["add", "multiply"], "add"),
});

export interface RouterConfig extends Given<typeof routing> {}

/** Routing settings with every default filled in. */
export type ResolvedRouter = {
  readonly [Name in keyof RouterConfig]-?: NonNullable<RouterConfig[Name]>;
};

/** Experts that stay selectable when each token keeps its best groups. */
export const reachableExperts = ({
  experts,
  groups,
  groupsKept,
  method,
}: ResolvedRouter): number => (method === "greedy" ? experts : (experts / groups) * groupsKept);

/**
 * Settings with defaults that depend on others, checked against each other.
 * @throws {MoeError} `ERR_RANGE` for groups that do not divide the experts, or too few experts left
 */
export function settleRouter(where: string, settings: Settled<typeof routing>): ResolvedRouter {
  const { experts, topK, scoring, method, groups, groupsKept = groups } = settings;
  const { normTopkProb, scale, family, biasMode } = settings;
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
  if (experts % groups !== 0)
    throw new MoeError(
      "ERR_RANGE",
      `moe/${where}: ${groups} groups must divide ${experts} experts`,
      { fields: { groups, experts } },
    );
  const reachable = reachableExperts(router);
  if (topK > reachable)
    throw new MoeError(
      "ERR_RANGE",
      `moe/${where}: topK must be at most ${reachable} (experts in ${groupsKept} groups), got ${topK}`,
      { fields: { topK, reachable } },
    );
  if (family === "deepseek" && scale !== 1)
    throw new MoeError(
      "ERR_RANGE",
      `moe/${where}: the deepseek family has no scale, got ${scale}`,
      { fields: { scale } },
    );
  return router;
}

/**
 * Fills in the defaults and checks the settings.
 * @throws {MoeError} `ERR_RANGE` for counts out of range, groups that do not divide the experts, or too few experts left
 */
export const resolveRouter = (config: RouterConfig, where = "router"): ResolvedRouter =>
  settleRouter(where, read(routing, where, config));
