import { EsftError, having, iterableOf, optionsOf, refuseUnknown } from "../errors";
import type { LayerTotals } from "./layer-totals";

/** Scores of each layer's experts: block number → one number per expert. */
export type LayerScores = ReadonlyMap<number, Float64Array>;

/** How much a task uses each expert. */
export interface ExpertScores {
  /** ESFT-Token: share of the choices that fall on the expert; sums to 1 in a layer. */
  readonly token: LayerScores;
  /** ESFT-Gate: mean gate value of the expert; null if a file has none. */
  readonly gate: LayerScores | null;
}

export interface AverageOptions {
  /**
   * `pooled` (default): every token counts the same, as in the published score files. `sequences`: the mean of the
   * sequences' means, as in the paper's text. Both are equal if all sequences have the same length.
   */
  average?: "pooled" | "sequences" | undefined;
}

export interface GateScoreOptions {
  /**
   * Leaves the model's `routed_scaling_factor` (16 in DeepSeek-V2, 2.5 in V3) in the gate values. Default false: values as in
   * the paper's model, whose factor is 1, so that p covers a share; with the factor p = 1 may choose a single expert.
   */
  keepsScale?: boolean | undefined;
}

/**
 * Scores from running sums: ESFT-Gate g_i = mean of the gate values of expert i (0 where it is not chosen), ESFT-Token
 * r_i = mean of 1[chosen]/K. A choice whose gate value underflowed to 0 still counts as a choice.
 *
 * @throws {EsftError} `ERR_MISSING` when a layer has no token
 * @see Wang et al. 2024 (ESFT), definitions of the average gate score and the token selection ratio
 */
export function scoresFromTotals(
  totals: Iterable<LayerTotals>,
  options: AverageOptions = {},
): ExpertScores {
  iterableOf("scoresFromTotals", "totals", totals);
  const { average = "pooled", ...rest } = optionsOf("scoresFromTotals", options);
  refuseUnknown("scoresFromTotals", rest);
  const token = new Map<number, Float64Array>();
  const gate = new Map<number, Float64Array>();
  for (const layer of totals) {
    if (layer.tokens === 0)
      throw new EsftError(
        "ERR_MISSING",
        `esft/scores: layer ${layer.layer} routed no token; the samples must not be empty and must pass through the complete model`,
        { fields: { layer: layer.layer } },
      );
    const [sums, count] =
      average === "pooled" ? [layer.pooled, layer.tokens] : [layer.perSequence, layer.sequences];
    token.set(
      layer.layer,
      sums.token.map((sum) => sum / count),
    );
    gate.set(
      layer.layer,
      sums.gate.map((sum) => sum / count),
    );
  }
  return { token, gate };
}

/** Experts that no token chose, by layer; layers without such experts are left out. */
export function deadExperts(expertScores: ExpertScores): Map<number, number[]> {
  const { token } = having("deadExperts", "expertScores", expertScores, "token", "gate");
  const dead = new Map<number, number[]>();
  for (const [layer, scores] of token) {
    const unused = [...scores.keys()].filter((expert) => scores[expert] === 0);
    if (unused.length > 0) dead.set(layer, unused);
  }
  return dead;
}
