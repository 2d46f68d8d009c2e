import { type CausalLM, type LabelledBatch, lossAndLoad } from "@deepgrain/lm";
import { type LayerLoad, withoutExperts } from "@deepgrain/moe";
import { having, optionsOf, refuseUnknown } from "../errors";

/** How a text uses the experts of a layer. */
export interface LayerUse {
  /** Share of the choices that fall on each expert. */
  shares: number[];
  /** Experts that no token chose. */
  dead: number[];
  /** (largest − mean) / mean of the choices. */
  maxViolation: number;
  /** Share of the choices that the busiest quarter of the experts gets. */
  busiestQuarter: number;
}

/** A text, and a model's results on it. */
export interface TextUse {
  name: string;
  tokens: number;
  /** Nats per token. */
  loss: number;
  layers: Record<string, LayerUse>;
  /** The loss with the named experts switched off; undefined where none is. */
  lossWithout?: number | undefined;
}

function useOf({ counts, dead, maxVioGlobal: maxViolation }: LayerLoad): LayerUse {
  const choices = counts.reduce((sum, count) => sum + count, 0);
  const shares = Array.from(counts, (count) => count / Math.max(1, choices));
  const quarter = Math.max(1, Math.round(shares.length / 4));
  const busiest = [...shares].sort((a, b) => b - a).slice(0, quarter);
  return { shares, dead, maxViolation, busiestQuarter: busiest.reduce((a, b) => a + b, 0) };
}

/**
 * Measures how a text uses the experts of a model, and what it loses without some of them.
 *
 * @param text its name and its batches
 * @param options.without experts to switch off in a second pass, by the number of their layer. Default none
 * @param options.onBatch called with the share of the batches done, over both passes
 * @throws {LmError} as `evaluate`; the signal's reason on abort
 */
export async function inspectText(
  model: CausalLM,
  text: { name: string; batches: readonly LabelledBatch[] },
  options: {
    without?: ReadonlyMap<number, readonly number[]> | undefined;
    onBatch?: ((done: number) => void) | undefined;
    signal?: AbortSignal | undefined;
  } = {},
): Promise<TextUse> {
  const { name, batches } = optionsOf("inspectText", text);
  const { without = new Map(), onBatch, signal, ...rest } = optionsOf("inspectText", options);
  refuseUnknown("inspectText", rest);
  having("inspectText", "model", model, "config");
  const passes = without.size > 0 ? 2 : 1;
  const measure = (pass: number) =>
    lossAndLoad(model, batches, {
      signal,
      onBatch: (done) => onBatch?.((pass + done / batches.length) / passes),
    });
  const { loss, load } = await measure(0);
  const numbers = [...model.moeLayers.keys()];
  const off = passes === 2 && (await withoutExperts(model.moeLayers, without, () => measure(1)));
  return {
    name,
    tokens: batches.reduce((sum, { ids }) => sum + ids.length, 0),
    loss,
    layers: Object.fromEntries(load.map((layer, i) => [numbers[i]!, useOf(layer)])),
    lossWithout: off ? off.loss : undefined,
  };
}
