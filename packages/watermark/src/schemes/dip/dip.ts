import type { Scheme } from "../../core/scheme";
import type { WatermarkKey } from "../../prf/key";
import type { GreenScored } from "../kgw/kgw";
import { isLate } from "../shared/keyed-order";
import { reweighted } from "../shared/reweighted";
import type { DipProfile } from "./profile";

/**
 * Moves probability to the end of the order, in place: with F the cumulative probability along it, the new one is
 * A = max(F − α, 0) + max(F − (1 − α), 0). No probability more than doubles, and the mean over an order and its reverse
 * is the old distribution.
 *
 * @see Wu et al. 2024 (2310.07710), section 4; with α = ½ Hu et al. 2024 (2310.10669), γ-reweight
 */
export function dipReweight(p: Float64Array, order: Int32Array, alpha: number): void {
  let sum = 0;
  let before = 0;
  for (let i = 0; i < order.length; i++) {
    sum += p[order[i]!]!;
    const after = Math.max(sum - alpha, 0) + Math.max(sum - (1 - alpha), 0);
    p[order[i]!] = after - before;
    before = after;
  }
}

/**
 * DiP: the α-reweight along an order that the context seeds. A hit is a token late in the order.
 *
 * @see Wu et al. 2024 (2310.07710)
 */
export function dip({ context_width, alpha }: DipProfile, key: WatermarkKey): Scheme<GreenScored> {
  return reweighted(key, {
    purpose: "dip",
    width: context_width,
    reweight: (p, order) => dipReweight(p, order, alpha),
    isHit: isLate,
  });
}
