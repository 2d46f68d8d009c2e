import { type CausalLM, type LabelledBatch, toHuggingFace } from "@deepgrain/lm";
import type { NamedTensor } from "@deepgrain/tensor-gpu";
import { having, optionsOf, refuseUnknown } from "../errors";
import { scoreBatches } from "../scoring/score-batches";
import { addCoOccurrence, groupExperts } from "./group-experts";
import { groupWeights } from "./group-weights";
import { groupsKept } from "./grouped-routing";

/** The settings of a mixture that grouping changes, as DeepSeek's configurations have them. */
interface MixtureSettings extends Record<string, unknown> {
  n_routed_experts: number;
  num_experts_per_tok: number;
  moe_intermediate_size: number;
}

/**
 * A coarser model: experts that tokens choose together become one, their router rows averaged. For models of DeepSeek's
 * layout; the model given is left as it is.
 *
 * @param options.size experts of a group
 * @param options.batches text that tells which experts are chosen together
 * @returns `config`, the content of config.json, and `weights` by their names, for `writeSafetensors`
 * @throws {EsftError} as `groupExperts` and `groupWeights`; the signal's reason on abort
 */
export async function groupModel(
  model: CausalLM,
  options: {
    size: number;
    batches: readonly LabelledBatch[];
    signal?: AbortSignal | undefined;
  },
) {
  const { size, batches, signal, ...rest } = optionsOf("groupModel", options);
  refuseUnknown("groupModel", rest);
  having("groupModel", "model", model, "config", "moeLayers");
  const config = toHuggingFace(model.config) as MixtureSettings;
  const { n_routed_experts: experts, num_experts_per_tok: topK } = config;
  const counts = new Map<number, Float64Array>();
  for (const layer of model.moeLayers.keys()) counts.set(layer, new Float64Array(experts ** 2));
  await scoreBatches(model, batches, {
    nSampleTokens: Infinity,
    record: (layer, route) => addCoOccurrence(counts.get(layer)!, experts, route),
    signal,
  });
  const groups = new Map<number, number[][]>();
  for (const [layer, own] of counts) groups.set(layer, groupExperts(own, experts, size));
  const weights = new Map<string, NamedTensor>();
  for (const [name, view] of model.weightViews)
    weights.set(name, { shape: view.shape, data: (await view.data()) as Float32Array });
  const grouped: MixtureSettings = {
    ...config,
    n_routed_experts: experts / size,
    num_experts_per_tok: groupsKept(topK, size),
    moe_intermediate_size: size * config.moe_intermediate_size,
  };
  return { config: grouped, weights: groupWeights(weights, groups, { topK }) };
}
