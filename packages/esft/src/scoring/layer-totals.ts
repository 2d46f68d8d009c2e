import { EsftError } from "../errors";
import { MOST_EXPERTS } from "../families/config-fields";

/** The routing of some tokens by one layer, as plain arrays. */
export interface RouteNumbers {
  /** Experts per token, k. */
  topK: number;
  /** [tokens, k]; −1 in hidden tokens such as padding. */
  ids: ArrayLike<number>;
  /** [tokens, k] gate values of the choices. */
  weights: ArrayLike<number>;
  /** Sequences of equal length that the tokens form, in row order. Default 1. */
  sequences?: number | undefined;
}

/** Running sums of one layer, from which its scores are computed. */
export interface LayerTotals {
  readonly layer: number;
  readonly experts: number;
  /** Tokens that chose experts. */
  tokens: number;
  /** Sequences with at least one such token. */
  sequences: number;
  /** Σ over tokens of gate value and of 1/k, by expert. */
  readonly pooled: Record<"gate" | "token", Float64Array>;
  /** Σ over sequences of their mean over tokens, by expert. */
  readonly perSequence: Record<"gate" | "token", Float64Array>;
}

/** Sums that start from zero. @throws {EsftError} `ERR_RANGE` unless `experts` is from 1 to 65,536 */
export function createLayerTotals(layer: number, experts: number): LayerTotals {
  if (!Number.isSafeInteger(experts) || experts < 1 || experts > MOST_EXPERTS)
    throw new EsftError(
      "ERR_RANGE",
      `esft/scores: layer ${layer} must have at least 1 expert, at most ${MOST_EXPERTS}, got ${experts}`,
      { fields: { layer, experts } },
    );
  const zeros = () => ({ gate: new Float64Array(experts), token: new Float64Array(experts) });
  return { layer, experts, tokens: 0, sequences: 0, pooled: zeros(), perSequence: zeros() };
}

/**
 * Adds the routing of some tokens, in place. Everything is checked before the first sum changes.
 *
 * @throws {EsftError} `ERR_SHAPE` when ids and weights differ in length or do not divide into tokens and sequences;
 *   `ERR_RANGE` for an expert that the layer does not have, occurs twice in a token, or has a weight below 0;
 *   `ERR_NOT_FINITE` for a weight that is NaN or infinite
 */
export function addRoute(totals: LayerTotals, route: RouteNumbers): void {
  const { topK, ids, weights, sequences = 1 } = route;
  const tokens = checkRoute(totals, route);
  const length = tokens / Math.max(sequences, 1);
  const own: SequenceSums = new Map();
  for (let sequence = 0; sequence < sequences; sequence++) {
    let visible = 0;
    for (let t = sequence * length; t < (sequence + 1) * length; t++) {
      let isVisible = false;
      for (let at = t * topK; at < (t + 1) * topK; at++) {
        const expert = ids[at]!;
        if (expert < 0) continue;
        isVisible = true;
        const sums = own.get(expert) ?? { gate: 0, token: 0 };
        own.set(expert, sums);
        sums.gate += weights[at]!;
        sums.token += 1 / topK;
      }
      if (isVisible) visible++;
    }
    if (visible > 0) closeSequence(totals, own, visible);
  }
}

/** Sums of one sequence by expert, stored sparsely, so that a short sequence costs little. */
type SequenceSums = Map<number, Record<"gate" | "token", number>>;

/** Adds one sequence's sums to the totals and clears them. */
function closeSequence(totals: LayerTotals, own: SequenceSums, tokens: number): void {
  totals.tokens += tokens;
  totals.sequences++;
  for (const [expert, sums] of own)
    for (const kind of ["gate", "token"] as const) {
      totals.pooled[kind][expert]! += sums[kind];
      totals.perSequence[kind][expert]! += sums[kind] / tokens;
    }
  own.clear();
}

function checkRoute(totals: LayerTotals, route: RouteNumbers): number {
  const { topK, ids, weights, sequences = 1 } = route;
  const { layer, experts } = totals;
  const fail = (code: "ERR_SHAPE" | "ERR_RANGE" | "ERR_NOT_FINITE", problem: string) =>
    new EsftError(code, `esft/scores: layer ${layer}: ${problem}`, { fields: { layer } });
  if (!Number.isSafeInteger(topK) || topK < 1 || topK > experts)
    throw fail("ERR_RANGE", `topK must be from 1 to ${experts} (experts), got ${topK}`);
  if (ids.length !== weights.length || ids.length % topK !== 0)
    throw fail(
      "ERR_SHAPE",
      `ids and weights must both be [tokens, ${topK}], got ${ids.length} and ${weights.length} numbers`,
    );
  const tokens = ids.length / topK;
  const chosenBy = new Map<number, number>();
  if (!Number.isSafeInteger(sequences) || sequences < 0 || tokens % Math.max(sequences, 1) !== 0)
    throw fail("ERR_SHAPE", `${sequences} sequences must divide ${tokens} tokens`);
  for (let at = 0; at < ids.length; at++) {
    const [expert, weight] = [ids[at]!, weights[at]!];
    const token = Math.floor(at / topK);
    if (!Number.isInteger(expert) || expert < -1 || expert >= experts)
      throw fail(
        "ERR_RANGE",
        `token ${token} chose expert ${expert}, but experts are 0 to ${experts - 1}`,
      );
    if (expert < 0) continue;
    if (!Number.isFinite(weight))
      throw fail("ERR_NOT_FINITE", `the weight of token ${token}, expert ${expert} is ${weight}`);
    if (weight < 0)
      throw fail(
        "ERR_RANGE",
        `the weight of token ${token}, expert ${expert} must be at least 0, got ${weight}`,
      );
    if (chosenBy.get(expert) === token)
      throw fail("ERR_RANGE", `token ${token} chose expert ${expert} twice`);
    chosenBy.set(expert, token);
  }
  return tokens;
}
