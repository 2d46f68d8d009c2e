import { spikeEntropy } from "../../core/hit-rate";
import type { Embedder, Mark, Scheme, SchemeResources } from "../../core/scheme";
import type { WatermarkKey } from "../../prf/key";
import { checkProxy } from "../../proxy/check-proxy";
import { distributionsOf } from "../../proxy/distributions";
import type { QuantisedDistribution } from "../../proxy/proxy-lm";
import { sumTail } from "../../statistics/binomial";
import { type GreenScored, kgw } from "./kgw";
import type { KgwProfile } from "./profile";

/** Positions with their weights, whole numbers from 0 to `LEVELS`. */
interface WeightedScored extends GreenScored {
  readonly weights: Uint8Array;
}

/** Weights are whole, so that the test of their sum is exact. */
const LEVELS = 8;

/**
 * How much a green token says where the proxy is this sure: the spike entropy, from 0 at its least to `LEVELS` at its most.
 * @see Lu et al. 2024 (EWD, 2403.13485), equation 7
 */
function weightOf({ mass, total }: QuantisedDistribution, { greenlist_ratio, bias }: KgwProfile) {
  const probabilities = Float64Array.from(mass, (units) => units / total);
  const least = spikeEntropy([1], greenlist_ratio, bias);
  const share = (spikeEntropy(probabilities, greenlist_ratio, bias) - least) / (1 - least);
  return Math.round(LEVELS * Math.min(1, Math.max(0, share)));
}

/** P(sum of the weights of green tokens ≥ seen) on unmarked text, where each token is green with chance γ. */
function weightedTail(weights: readonly number[], seen: number, chance: number): number {
  const parts = weights.map((weight) => {
    const part = new Float64Array(weight + 1);
    part[0] = 1 - chance;
    part[weight]! += chance;
    return part;
  });
  return sumTail(parts, seen);
}

/**
 * The green-list watermark with an eye on entropy: tokens that the proxy is sure of are not marked and not counted
 * (`min_entropy`, SWEET), or count less (`entropy_weights`, EWD). Both sides ask the same proxy about the text alone.
 *
 * @throws {WatermarkError} `ERR_PROXY` without a proxy of the profile's vocabulary
 * @see Lee et al. 2024 (SWEET, 2305.15060); Lu et al. 2024 (EWD, 2403.13485)
 */
export function entropyKgw(
  profile: KgwProfile,
  key: WatermarkKey | undefined,
  { proxy }: SchemeResources,
): Scheme<WeightedScored> {
  checkProxy(profile, proxy);
  const inner = kgw(profile, key);
  const distributions = distributionsOf(profile, proxy);
  const { greenlist_ratio: gamma, vocab_size, entropy_weights, seeding_scheme } = profile;
  const chance =
    seeding_scheme === "selfhash" ? gamma : Math.floor(gamma * vocab_size + 1e-9) / vocab_size;
  const embedder = (): Embedder => {
    const { edit } = inner.embedder();
    return {
      edit(ids, start, logits) {
        if (distributions.at(ids, ids.length, start) !== "skip") edit(ids, start, logits);
      },
      prepare: (ids, start) => distributions.fetch(ids, ids.length, start),
      isAsync: () => distributions.isAsync(),
    };
  };
  return {
    ...inner,
    embedder,
    score(ids) {
      const { positions, names, hits } = inner.score(ids);
      const kept: number[] = [];
      const weights: number[] = [];
      positions.forEach((position, i) => {
        const found = distributions.at(ids, position, 0);
        if (found === "skip") return;
        const weight = entropy_weights ? weightOf(found!, profile) : 1;
        if (weight === 0) return;
        kept.push(i);
        weights.push(weight);
      });
      return {
        positions: kept.map((i) => positions[i]!),
        names: kept.map((i) => names[i]!),
        hits: Uint8Array.from(kept, (i) => hits[i]!),
        weights: Uint8Array.from(weights),
      };
    },
    test(scored, picks) {
      if (!entropy_weights) return inner.test(scored, picks, undefined as never);
      const weights = picks.map((i) => scored.weights[i]!);
      const marks = picks.map((i, at): Mark => {
        const weight = weights[at]!;
        const variance = weight ** 2 * gamma * (1 - gamma);
        return { value: weight * scored.hits[i]!, mean: weight * gamma, variance };
      });
      const seen = marks.reduce((sum, { value }) => sum + value, 0);
      return { marks, pValue: picks.length ? weightedTail(weights, seen, chance) : 1 };
    },
    async prepare(ids) {
      for (let at = 0; at < ids.length; at++) await distributions.fetch(ids, at, 0);
    },
  };
}
