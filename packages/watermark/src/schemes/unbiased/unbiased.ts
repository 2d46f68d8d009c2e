import type { Scheme } from "../../core/scheme";
import { mixUnit } from "../../prf/expand";
import type { WatermarkKey } from "../../prf/key";
import { dipReweight } from "../dip/dip";
import type { GreenScored } from "../kgw/kgw";
import { isLate } from "../shared/keyed-order";
import { reweighted } from "../shared/reweighted";
import type { UnbiasedProfile } from "./profile";

/** Index of the keyed number that draws, beside those of the tokens. */
const DRAW = -1;

/**
 * Puts all probability on the token at quantile `u` of the order, in place: the first whose cumulative probability is
 * above `u`.
 *
 * @param u in [0, 1)
 * @see Hu et al. 2024 (2310.10669), δ-reweight
 */
export function deltaReweight(p: Float64Array, order: Int32Array, u: number): void {
  let sum = 0;
  let chosen = order[0]!;
  for (let i = 0; i < order.length && sum <= u; i++) {
    const token = order[i]!;
    if (p[token] === 0) continue;
    sum += p[token]!;
    chosen = token;
  }
  p.fill(0);
  p[chosen] = 1;
}

/**
 * Unbiased: γ-reweight is DiP with α = ½, δ-reweight is inverse sampling by the key. The paper tests with the model's
 * probabilities; here the key and the text are enough. γ: a hit is a token late in the order. δ: a hit is a token in the
 * same half of the order as the draw, which is why the order is keyed there too.
 *
 * @see Hu et al. 2024 (2310.10669), section 4
 */
export function unbiased(
  { context_width: width, reweight }: UnbiasedProfile,
  key: WatermarkKey,
): Scheme<GreenScored> {
  if (reweight === "gamma")
    return reweighted(key, {
      purpose: "unbiased/gamma",
      width,
      reweight: (p, order) => dipReweight(p, order, 0.5),
      isHit: isLate,
    });
  return reweighted(key, {
    purpose: "unbiased/delta",
    width,
    reweight: (p, order, seed) => deltaReweight(p, order, mixUnit(seed, DRAW)),
    isHit: (seed, token) => isLate(seed, token) === isLate(seed, DRAW),
  });
}
