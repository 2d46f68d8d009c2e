import { join } from "node:path";
import { addCoOccurrence, groupExperts, groupsKept, groupWeights } from "@deepgrain/esft";
import { type LabelledBatch, loadModel, toHuggingFace } from "@deepgrain/lm";
import { saveFolder, saveJson } from "@deepgrain/support/files";
import { type NamedTensor, writeSafetensors } from "@deepgrain/tensor-gpu";
import { copyTokenizer } from "./copy-tokenizer";
import { scoreBatches } from "./score-batches";

/** How a model's experts are merged. */
interface Grouping {
  /** Experts of a group. */
  size: number;
  /** Text that tells which experts are chosen together. */
  batches: readonly LabelledBatch[];
  signal: AbortSignal;
}

/** The settings of a mixture that grouping changes, as DeepSeek's configurations have them. */
interface MixtureSettings extends Record<string, unknown> {
  n_routed_experts: number;
  num_experts_per_tok: number;
  moe_intermediate_size: number;
}

/**
 * Stores a coarser model: experts that tokens choose together are merged, as `groupWeights` of `@deepgrain/esft` does it.
 * For models of DeepSeek's layout.
 */
export async function groupModel(
  from: string,
  to: string,
  { size, batches, signal }: Grouping,
): Promise<void> {
  const model = await loadModel(from, { signal });
  try {
    const config = toHuggingFace(model.config) as MixtureSettings;
    const { n_routed_experts: experts, num_experts_per_tok: topK } = config;
    const counts = new Map<number, Float64Array>();
    for (const layer of model.moeLayers.keys()) counts.set(layer, new Float64Array(experts ** 2));
    await scoreBatches(model, batches, {
      nSampleTokens: Infinity,
      signal,
      record: (layer, route) => addCoOccurrence(counts.get(layer)!, experts, route),
    });
    const groups = new Map<number, number[][]>();
    for (const [layer, own] of counts) groups.set(layer, groupExperts(own, experts, size));
    const weights = new Map<string, NamedTensor>();
    for (const [name, view] of model.weightViews)
      weights.set(name, { shape: view.shape, data: (await view.data()) as Float32Array });
    await saveFolder(to, async (path) => {
      await saveJson(join(path, "config.json"), {
        ...config,
        n_routed_experts: experts / size,
        num_experts_per_tok: groupsKept(topK, size),
        moe_intermediate_size: size * config.moe_intermediate_size,
      });
      const grouped = groupWeights(weights, groups, { topK });
      await writeSafetensors(join(path, "model.safetensors"), grouped, { signal });
      await copyTokenizer(from, path);
    });
  } finally {
    model.dispose();
  }
}
