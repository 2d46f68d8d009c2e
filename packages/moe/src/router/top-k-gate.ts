import {
  boolean,
  type Given,
  list,
  options,
  real,
  type Settled,
  whole,
} from "@deepgrain/support/schema";
import { maskedFill, noGrad, softmax, type Tensor, tidy, where } from "@deepgrain/tensor-gpu";
import { check, having, MoeError, read, shape } from "../errors";
import { tensorOrNull } from "../kinds";
import { assertFiniteLogits, type RouterPlace } from "./assert-finite-logits";
import { keptMass } from "./keep-mass";
import {
  type ResolvedRouter,
  type RouterConfig,
  reachableExperts,
  resolveRouter,
} from "./router-config";
import { type LeftOut, selectExperts } from "./select-experts";

/** A router's decision for each token. */
export interface Gate {
  /** int32 [tokens, topK], best first; −1 in hidden tokens. */
  ids: Tensor;
  /** [tokens, topK] weights of the experts' outputs, differentiable; 0 in hidden tokens. */
  weights: Tensor;
  /** [tokens, experts] softmax or sigmoid of all logits, differentiable. */
  scores: Tensor;
}

const gating = options({
  /** [experts] affects only the selection, never the weights (`noaux_tc`). */
  bias: tensorOrNull,
  /** `tokens` elements, 0 masks a token such as padding: it gets no expert. */
  tokenMask: tensorOrNull,
  /** Skips the best experts of each token, to measure how replaceable they are. */
  skipTop: whole({ min: 0 }, 0),
  /** Switches experts off: no token may choose them. The scores stay as they are. */
  without: list(real(), []),
  /**
   * Gives the experts that stand in for those of `skipTop` and `without` the weight of these, in their own proportions, so that a
   * token's weights sum to what they would without leaving out.
   */
  keepMass: boolean(false),
  /**
   * Reject NaN and +∞ among the logits, naming the location (one extra sum). When false, `topk` rejects NaN if the
   * backend can detect it synchronously; otherwise NaN reaches the weights. It never leads to a silent choice.
   */
  checkFinite: boolean(true),
});

export interface TopKGateOptions extends Given<typeof gating> {}

/** Whether a token's weights are normalised to sum to 1. */
const normalizes = ({ normTopkProb, topK }: ResolvedRouter): boolean => normTopkProb && topK > 1;

/** The final scale of the weights: the settings' factor, or 1 if the family does not scale normalised weights. */
export const appliedScale = (router: ResolvedRouter): number =>
  normalizes(router) && router.family === "deepseek_v2" ? 1 : router.scale;

function scaleWeights(chosen: Tensor, router: ResolvedRouter): Tensor {
  const isNormalized = normalizes(router);
  const weights = isNormalized
    ? chosen.div(chosen.sum({ dim: -1, keepDim: true }).add(1e-20))
    : chosen;
  const scale = appliedScale(router);
  return scale === 1 ? weights : weights.mul(scale);
}

const LOWEST = -3e38; // represents −∞, which cannot be multiplied by 0

/** 0 for tokens whose logits are finite or −∞, NaN for others. */
const poison = (logits: Tensor): Tensor =>
  noGrad(() => logits.detach().maximum(LOWEST).mul(0).sum({ dim: -1, keepDim: true }));

/**
 * Chooses each token's experts and computes their weights: s = softmax or sigmoid of the logits; the `topK` largest of
 * s (or of s + bias), inside the best groups where groups are limited; the weights are s itself for the chosen experts,
 * normalised and scaled as in the family. Ties go to the lower expert. The choice carries no gradient, the weights do.
 *
 * @param logits float32 [tokens, experts]
 * @throws {MoeError} `ERR_RANGE` for bad settings, `ERR_SHAPE` for shapes that do not fit, `ERR_NOT_FINITE` for NaN or +∞
 * @see DeepSeekMoE (Dai et al. 2024), equations 3 to 5; DeepSeek-V2 (2024), section 2.2.2; DeepSeek-V3 (2024), section 2.1.2
 */
export const topKGate = (
  logits: Tensor,
  config: RouterConfig,
  options: TopKGateOptions = {},
): Gate => {
  const settings = read(gating, "topKGate", options);
  const router = resolveRouter(config, "topKGate");
  having("topKGate", "logits", logits, "shape");
  return gateTokens(logits, router, settings, { where: "topKGate" });
};

/** `topKGate` with settings that are already resolved. @param place named by errors about the logits */
export function gateTokens(
  logits: Tensor,
  router: ResolvedRouter,
  options: Settled<typeof gating>,
  place: RouterPlace,
): Gate {
  const { bias, tokenMask, skipTop, without, keepMass, checkFinite } = options;
  shape("topKGate", "logits", logits.shape, [-1, router.experts]);
  if (bias) shape("topKGate", "bias", bias.shape, [router.experts]);
  for (const expert of without)
    check("topKGate", "without", expert, whole({ min: 0, max: router.experts - 1 }));
  const spare = reachableExperts(router) - router.topK - new Set(without).size;
  if (skipTop > 0)
    check("topKGate", "skipTop", skipTop, whole({ min: 0, max: Math.max(0, spare) }));
  if (spare < 0)
    throw new MoeError(
      "ERR_RANGE",
      `moe/topKGate: without must leave at least topK (${router.topK}) of ${reachableExperts(router)} experts, got ${without.length} to leave out`,
      { fields: { without: [...without], topK: router.topK } },
    );
  const tokens = logits.shape[0]!;
  const isChecked = checkFinite && assertFiniteLogits(logits, place);
  return tidy(() => {
    const scores = router.scoring === "sigmoid" ? logits.sigmoid() : softmax(logits);
    const choose = (leftOut: LeftOut) => {
      const ids = noGrad(() => tidy(() => selectExperts(scores.detach(), router, bias, leftOut)));
      return { ids, weights: scaleWeights(scores.gather(-1, ids), router) };
    };
    const choice = choose({ skipTop, without });
    const { ids } = choice;
    const isMoved = keepMass && (skipTop > 0 || without.length > 0);
    let weights = isMoved ? keptMass(choose({}), choice, router.experts) : choice.weights;
    if (!isChecked && router.scoring === "sigmoid") weights = weights.add(poison(logits));
    if (!tokenMask) return { ids, weights, scores };
    shape("topKGate", "tokenMask", [tokenMask.size], [tokens]);
    const isHidden = tokenMask.detach().reshape([tokens, 1]).eq(0).expand(ids.shape);
    return { ids: where(isHidden, -1, ids), weights: maskedFill(weights, isHidden, 0), scores };
  });
}
