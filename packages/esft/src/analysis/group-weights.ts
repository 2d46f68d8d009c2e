import type { NamedTensor } from "@deepgrain/tensor-gpu";
import { EsftError } from "../errors";
import { classifyWeight, isRouterWeight } from "../families/classify-weight";
import { groupedRouter, groupsKept } from "./grouped-routing";

/** Multiplies the router where a token passes one group, so that its softmax weight is 1, as a normalised one would be. */
const SHARP = 1e4;

/** Matrices below each other. */
function below(parts: readonly NamedTensor[]): NamedTensor {
  const [rows, columns] = parts[0]!.shape as [number, number];
  const data = new Float32Array(parts.length * rows * columns);
  for (const [i, part] of parts.entries()) data.set(part.data, i * rows * columns);
  return { shape: [parts.length * rows, columns], data };
}

/** Matrices beside each other, multiplied by a factor. */
function beside(parts: readonly NamedTensor[], factor = 1): NamedTensor {
  const [rows, columns] = parts[0]!.shape as [number, number];
  const width = parts.length * columns;
  const data = new Float32Array(rows * width);
  for (const [i, part] of parts.entries())
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        data[row * width + i * columns + column] = factor * part.data[row * columns + column]!;
  return { shape: [rows, width], data };
}

const isDown = (name: string): boolean => name.endsWith("down_proj.weight");

/**
 * The weights of a model in which each group of experts is one expert of the members' total width, so that a coarser mixture
 * runs as an ordinary model. Its output is the mean of its members', as if they had equal shares of the group's weight. A
 * group's router row is the mean of its members'. Shared experts are filled up with zeros to the new width, which changes
 * nothing they compute, in training neither. For DeepSeek's layout with normalised weights (`norm_topk_prob`) and no
 * balancing bias.
 *
 * The configuration of the new model has `n_routed_experts` divided and `moe_intermediate_size` multiplied by the groups'
 * size, and `groupsKept(topK, size)` as `num_experts_per_tok`. Where that is 1, the router is made so sharp that the group's
 * weight is 1.
 *
 * @param weights all weights by Hugging Face's names
 * @param groups groups of one size by block number, from `groupExperts`
 * @param options.topK experts per token before
 * @throws {EsftError} `ERR_MISSING` for a layer without groups or an expert without weights, `ERR_MISMATCH` for a bias
 * @see Wang et al. 2024 (ESFT), appendix on the grouping of experts
 */
export function groupWeights(
  weights: ReadonlyMap<string, NamedTensor>,
  groups: ReadonlyMap<number, readonly (readonly number[])[]>,
  { topK }: { topK: number },
): Map<string, NamedTensor> {
  const missing = (what: string): never => {
    throw new EsftError("ERR_MISSING", `esft/groupWeights: ${what}`);
  };
  const of = (name: string) => weights.get(name) ?? missing(`there is no weight ${name}`);
  const groupsOf = (layer: number) =>
    groups.get(layer) ?? missing(`there are no groups of layer ${layer}`);
  const size = [...groups.values()][0]?.[0]?.length ?? 1;
  const out = new Map<string, NamedTensor>();
  for (const [name, weight] of weights) {
    const role = classifyWeight(name);
    if (role.kind === "expert") {
      if (role.expert > 0) continue; // with those of expert 0
      const named = (expert: number) => name.replace(/experts\.0\./, `experts.${expert}.`);
      for (const [group, members] of groupsOf(role.layer).entries()) {
        const parts = members.map((expert) => of(named(expert)));
        out.set(named(group), isDown(name) ? beside(parts, 1 / size) : below(parts));
      }
    } else if (role.kind === "shared") {
      const empty = { ...weight, data: new Float32Array(weight.data.length) };
      const parts = [weight, ...new Array<NamedTensor>(size - 1).fill(empty)];
      out.set(name, isDown(name) ? beside(parts) : below(parts));
    } else if (isRouterWeight(name)) {
      if (!name.endsWith(".weight"))
        throw new EsftError("ERR_MISMATCH", `esft/groupWeights: ${name} cannot be grouped`);
      const { shape, data } = groupedRouter(weight, groupsOf(Number(/\.(\d+)\./.exec(name)![1])));
      const factor = groupsKept(topK, size) === 1 ? SHARP : 1;
      out.set(name, { shape, data: Float32Array.from(data, (value) => factor * value) });
    } else out.set(name, weight);
  }
  return out;
}
