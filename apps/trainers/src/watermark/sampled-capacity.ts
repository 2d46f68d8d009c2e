import { createRandom } from "@deepgrain/lm";
import { type Processor, type Profile, spikeEntropy, type Watermark } from "@deepgrain/watermark";
import { type Writing, writeText } from "./write-text";

/** Share of the vocabulary that the mark favours, and by how much; undefined for schemes without a bias. */
function favour(profile: Profile): { mass: number; bias: number } | undefined {
  if (!("bias" in profile)) return undefined;
  const { bias } = profile;
  if (profile.scheme === "mpac") return { mass: 1 / profile.radix, bias };
  return { mass: "greenlist_ratio" in profile ? profile.greenlist_ratio : 0.5, bias };
}

function softmax(logits: Float32Array): Float64Array {
  const top = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const raised = Float64Array.from(logits, (x) => Math.exp(x - top));
  const total = raised.reduce((a, b) => a + b, 0);
  return raised.map((value) => value / total);
}

/**
 * Tokens that a payload needs on texts like one that the model writes without a mark: its mean spike entropy lowers the hit
 * rate. One text is a small sample, so this is an estimate.
 *
 * @returns undefined for schemes whose mark has no bias
 */
export async function sampledNeed(
  watermark: Watermark,
  prompt: string,
  seed: number,
  writing: Omit<Writing, "random" | "onToken" | "processor">,
): Promise<number | undefined> {
  const favoured = favour(watermark.profile);
  if (!favoured) return undefined;
  let [sum, count] = [0, 0];
  const observe: Processor = Object.assign(
    (_: ArrayLike<number>, logits: Float32Array) => {
      sum += spikeEntropy(softmax(logits), favoured.mass, favoured.bias);
      count++;
      return logits;
    },
    { reset: () => {} },
  );
  const random = createRandom([seed, 0]).next;
  await writeText(prompt, { ...writing, processor: observe, random, onToken: () => {} });
  if (count === 0) return undefined;
  return watermark.capacity({ tokens: writing.maxNewTokens, spikeEntropy: sum / count })
    .tokensNeeded;
}

/** "capacity: 24 bits need 143 tokens …" */
export function describeNeed(watermark: Watermark, tokens: number, estimate: number | undefined) {
  const count = watermark.capacity({ tokens }).tokensNeeded;
  const sampled =
    estimate === undefined
      ? ""
      : `; an estimate from one sampled text: ${Number.isFinite(estimate) ? `${estimate} tokens` : "no length is enough"}`;
  return `capacity: ${watermark.messageBits} bits need ${count} tokens where every token is free to be marked${sampled}`;
}
