import { type CausalLM, lossAndLoad } from "@deepgrain/lm";
import { withoutExperts } from "@deepgrain/moe";
import { busiestExperts, countOff, MOST_EIGHTHS } from "./busiest";
import type { Kind } from "./pair-names";
import type { SplitText } from "./text";
import { heldOutBatches } from "./train-pair";

/**
 * The held-out loss of a model, in nats per byte, without its busiest experts: none, an eighth, two … of each layer's.
 * @param loads shares of the choices with no expert off
 * @see DeepSeekMoE (Dai et al. 2024), section 4.5, where the highest-scoring experts of each token are off
 */
export async function measureDrops(
  model: CausalLM,
  text: SplitText,
  { kind, loads }: { kind: Kind; loads: readonly (readonly number[])[] },
  signal: AbortSignal,
): Promise<number[]> {
  const layers = [...model.moeLayers.keys()];
  const losses: number[] = [];
  model.eval();
  for (let eighths = 0; eighths <= MOST_EIGHTHS; eighths++) {
    const off = busiestExperts(loads, countOff(kind, eighths));
    const without = new Map(layers.map((layer, i) => [layer, off[i]!]));
    const { loss } = await withoutExperts(model.moeLayers, without, () =>
      lossAndLoad(model, heldOutBatches(text), { signal }),
    );
    losses.push(loss);
  }
  return losses;
}
