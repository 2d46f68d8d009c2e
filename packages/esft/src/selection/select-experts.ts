import { EsftError, having, optionsOf, real, refuseUnknown } from "../errors";
import type { ExpertScores, LayerScores } from "../scoring/expert-scores";
import type { ExpertConfig } from "./expert-config";

const SLACK = 1e-9; // bound on accumulated rounding errors
const SUM_SLACK = 1e-3; // the same for float32 gate values, and for values that files store with few digits

/** Options of {@link selectExperts}. */
export interface SelectOptions {
  /** Share p of the layer's score to cover, 0 to 1. Default 0.2 for `token`, 0.1 for `gate`, as in the paper. */
  topP?: number | undefined;
  /** Which score to use. Default `"token"`. */
  scoreFunction?: "token" | "gate" | undefined;
  /**
   * Divides gate scores by their layer's sum first, so that p is a share, as for token scores. Default false, as
   * published; with it the same p picks far fewer experts.
   */
  normalizeGate?: boolean | undefined;
  /** Whether p = 0 means no expert at all. Default false: one expert per layer, by the rule. */
  zeroMeansNone?: boolean | undefined;
  /** Recorded in the configuration. Default false. */
  sharedExperts?: boolean | undefined;
  /** Recorded in the configuration. Default false. */
  nonExpertModules?: boolean | undefined;
}

const OPTIONS: readonly (keyof SelectOptions)[] = [
  "topP",
  "scoreFunction",
  "normalizeGate",
  "zeroMeansNone",
  "sharedExperts",
  "nonExpertModules",
];

/** A layer in which p could not be reached, or is not a share because gate values sum to more than 1. */
export interface SelectionWarning {
  readonly type: "top-p-not-reached" | "layer-unused" | "gate-sum-above-one";
  readonly layer: number;
  /** The sum over all used experts. */
  readonly total: number;
  readonly topP: number;
}

/** Experts of a task, and warnings about layers. */
export interface Selection {
  readonly config: ExpertConfig;
  readonly warnings: readonly SelectionWarning[];
}

function checkScores(layer: number, scores: Float64Array): void {
  for (const [expert, score] of scores.entries()) {
    const place = `the score of layer ${layer}, expert ${expert}`;
    if (!Number.isFinite(score))
      throw new EsftError(
        "ERR_NOT_FINITE",
        `esft/selectExperts: ${place} must be finite, got ${score}`,
        { fields: { layer, expert, score } },
      );
    if (score < 0)
      throw new EsftError(
        "ERR_RANGE",
        `esft/selectExperts: ${place} must be at least 0, got ${score}`,
        { fields: { layer, expert, score } },
      );
  }
}

/**
 * The smallest set of best experts of one layer whose scores sum to p or more, best first; ties go to the lower number.
 * At least one is taken; experts that were never used are not. Sums count as reached within 1e-9.
 *
 * @param scores one number per expert, at least 0
 * @param topP from 0 to 1
 * @returns expert numbers, and the sum that they reach
 * @throws {EsftError} `ERR_RANGE`, `ERR_NOT_FINITE`
 */
export function topPExperts(
  scores: Float64Array,
  topP: number,
  layer = 0,
): { experts: number[]; reached: number } {
  real("topPExperts", "topP", topP, { min: 0, max: 1 });
  checkScores(layer, scores);
  const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b);
  const experts: number[] = [];
  let reached = 0;
  for (const expert of order) {
    if (scores[expert] === 0) break;
    experts.push(expert);
    reached += scores[expert]!;
    if (reached >= topP - SLACK) break;
  }
  return { experts, reached };
}

function scoresToUse(
  scores: ExpertScores,
  { scoreFunction = "token", normalizeGate = false }: SelectOptions,
): LayerScores {
  if (scoreFunction === "token") return scores.token;
  if (!scores.gate)
    throw new EsftError(
      "ERR_MISSING",
      'esft/selectExperts: the scores must have gate scores for scoreFunction "gate"; there are token scores only',
    );
  if (!normalizeGate) return scores.gate;
  const normalize = (layer: Float64Array): Float64Array => {
    const sum = layer.reduce((total, score) => total + score, 0);
    return sum > 0 ? layer.map((score) => score / sum) : layer;
  };
  return new Map([...scores.gate].map(([layer, values]) => [layer, normalize(values)]));
}

/**
 * Chooses in each layer the smallest set of best experts whose scores sum to p.
 *
 * Where even all used experts sum to less than p (raw gate scores sum to less than 1), all of them are chosen and a
 * warning is returned; a layer that no token used gets an empty list and a warning. Gate scores that sum to more than 1
 * (scored with the model's factor, or of sigmoid routers) also cause a warning: `normalizeGate` converts them to
 * shares.
 *
 * @param scores from `scoreExperts`, `readExpertScores` or a file
 * @param options.topP 0 to 1; default 0.2 (token) or 0.1 (gate)
 * @returns the configuration, and warnings
 * @throws {EsftError} `ERR_RANGE` for p outside [0, 1] or a negative score; `ERR_NOT_FINITE` for a NaN score;
 *   `ERR_MISSING` when gate scores are required but absent, or there is no layer
 * @see Wang et al. 2024 (ESFT), "Expert Selection and Fine-tuning"
 */
export function selectExperts(scores: ExpertScores, options: SelectOptions = {}): Selection {
  const {
    scoreFunction = "token",
    topP = scoreFunction === "token" ? 0.2 : 0.1,
    normalizeGate,
    zeroMeansNone = false,
    sharedExperts = false,
    nonExpertModules = false,
    ...rest
  } = optionsOf("selectExperts", options);
  refuseUnknown("selectExperts", rest, OPTIONS);
  having("selectExperts", "scores", scores, "token", "gate");
  real("selectExperts", "topP", topP, { min: 0, max: 1 });
  const used = scoresToUse(scores, { scoreFunction, normalizeGate });
  if (used.size === 0)
    throw new EsftError(
      "ERR_MISSING",
      "esft/selectExperts: the scores must have at least one layer",
    );
  const experts = new Map<number, readonly number[]>();
  const warnings: SelectionWarning[] = [];
  for (const [layer, values] of [...used].sort(([a], [b]) => a - b)) {
    const chosen = topPExperts(values, topP, layer);
    const isUnused = chosen.experts.length === 0;
    experts.set(layer, zeroMeansNone && topP === 0 ? [] : chosen.experts);
    if (isUnused || chosen.reached < topP - SLACK)
      warnings.push({
        type: isUnused ? "layer-unused" : "top-p-not-reached",
        layer,
        total: chosen.reached,
        topP,
      });
    const total = values.reduce((sum, value) => sum + value, 0);
    if (total > 1 + SUM_SLACK) warnings.push({ type: "gate-sum-above-one", layer, total, topP });
  }
  return { config: { experts, sharedExperts, nonExpertModules }, warnings };
}
