import { type LayerLoad, monitorLoad } from "@deepgrain/moe";
import { having, listOf, optionsOf, refuseUnknown } from "../errors";
import type { CausalLM } from "../model/causal-lm";
import type { LabelledBatch } from "../model/token-batch";
import { type Evaluation, evaluate } from "./evaluate";

/**
 * The mean loss over batches, and how the layers used their experts; an expert counts as dead if no token of any batch
 * chose it.
 *
 * @param options.onBatch called with the number of batches done
 * @throws {LmError} as `evaluate`; the signal's reason on abort
 */
export async function lossAndLoad(
  model: CausalLM,
  batches: readonly LabelledBatch[],
  options: {
    signal?: AbortSignal | undefined;
    onBatch?: ((done: number) => void) | undefined;
  } = {},
): Promise<Evaluation & { load: LayerLoad[] }> {
  const { signal, onBatch, ...rest } = optionsOf("lossAndLoad", options);
  refuseUnknown("lossAndLoad", rest);
  having("lossAndLoad", "model", model, "forward", "moeLayers");
  listOf("lossAndLoad", "batches", batches);
  const monitor = monitorLoad(model.moeLayers.values(), { deadAfter: batches.length });
  async function* counted() {
    for (const [i, batch] of batches.entries()) {
      yield batch;
      await monitor.endStep(); // when the next one is asked for
      onBatch?.(i + 1);
    }
  }
  try {
    const measured = await evaluate(model, counted(), { signal });
    return { ...measured, load: monitor.report() };
  } finally {
    monitor.dispose();
  }
}
