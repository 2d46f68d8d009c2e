import { spikeEntropy } from "../core/hit-rate";
import type { Processor } from "../core/processor";
import { having } from "../errors";
import type { Profile } from "../profile";

/** Share of the vocabulary that the mark favours, and by how much; undefined for schemes without a bias. */
function favour(profile: Profile): { mass: number; bias: number } | undefined {
  if (!("bias" in profile)) return undefined;
  const { bias } = profile;
  if ("radix" in profile) return { mass: 1 / profile.radix, bias };
  return { mass: "greenlist_ratio" in profile ? profile.greenlist_ratio : 0.5, bias };
}

function softmax(logits: Float32Array): Float64Array {
  const top = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const raised = Float64Array.from(logits, (x) => Math.exp(x - top));
  const total = raised.reduce((a, b) => a + b, 0);
  return raised.map((value) => value / total);
}

/**
 * Measures the spike entropy of a model's distributions while it writes without a mark: pass the processor to the
 * generation, and then the mean to `capacity` as `spikeEntropy`, which lowers the expected hit rate.
 *
 * @returns undefined for schemes whose mark has no bias; `mean` is undefined before the first token
 * @see Kirchenbauer et al. 2023, definition 4.1
 */
export function spikeMeter(
  profile: Profile,
): { readonly processor: Processor; mean(): number | undefined } | undefined {
  having("spikeMeter", "profile", profile, "scheme", "version", "vocab_size");
  const favoured = favour(profile);
  if (!favoured) return undefined;
  let [sum, count] = [0, 0];
  const observe = (_: ArrayLike<number>, logits: Float32Array) => {
    sum += spikeEntropy(softmax(logits), favoured.mass, favoured.bias);
    count++;
    return logits;
  };
  return {
    processor: Object.assign(observe, { reset: () => {} }) as Processor,
    mean: () => (count === 0 ? undefined : sum / count),
  };
}
