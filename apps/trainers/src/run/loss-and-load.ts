import { type CausalLM, type Evaluation, evaluate, type LabelledBatch } from "@deepgrain/lm";
import { type LayerLoad, monitorLoad } from "@deepgrain/moe";

/**
 * The mean loss over batches, and how the layers used their experts; an expert counts as dead if no token of any batch
 * chose it.
 * @param onBatch called with the number of batches done
 */
export async function lossAndLoad(
  model: CausalLM,
  batches: readonly LabelledBatch[],
  { signal, onBatch }: { signal: AbortSignal; onBatch?: (done: number) => void },
): Promise<Evaluation & { load: LayerLoad[] }> {
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
