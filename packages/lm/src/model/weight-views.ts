import type { MoeLayer } from "@deepgrain/moe";
import { type nn, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import type { ExpertNames } from "../config";

const snakeCase = (name: string): string =>
  name
    .replaceAll(/([a-z])(\d)/g, "$1_$2")
    .replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The experts' matrices as files store them: as whole stacks, or one by one, gate and up being the halves of `gateUp`. */
function* expertViews(
  layer: string,
  { matrices, stacks }: ExpertNames,
  gateUp: Tensor,
  down: Tensor,
): Generator<[string, Tensor]> {
  if (stacks) {
    yield [`${layer}.${stacks.gateUp}.weight`, gateUp];
    yield [`${layer}.${stacks.down}.weight`, down];
    return;
  }
  const prefix = `${layer}.experts`;
  const [experts, width] = gateUp.shape as [number, number];
  for (let e = 0; e < experts; e++) {
    const both = gateUp.select(0, e);
    yield [`${prefix}.${e}.${matrices.gate}.weight`, both.narrow(0, 0, width / 2)];
    yield [`${prefix}.${e}.${matrices.up}.weight`, both.narrow(0, width / 2, width / 2)];
    yield [`${prefix}.${e}.${matrices.down}.weight`, down.select(0, e)];
  }
}

/**
 * Weights under Hugging Face's names, as views.
 * @param tensors by property path from the model's root
 * @param moeLayers the expert layers among them, by block number
 * @param names how the family's files name experts
 */
export function viewsOf(
  tensors: Iterable<nn.NamedTensor>,
  moeLayers: ReadonlyMap<number, MoeLayer>,
  names: ExpertNames,
): Map<string, Tensor> {
  const views = new Map<string, Tensor>();
  const inFile = (path: string, block: string | undefined) => {
    const name = snakeCase(path);
    if (block === undefined || !moeLayers.has(Number(block))) return name;
    return name
      .replace(".mlp.shared_experts.", `.mlp.${names.shared}.`)
      .replace(".mlp.gate.", `.mlp.${names.router}.`)
      .replace(".mlp.", `.${names.layer}.`);
  };
  tidy(() => {
    for (const [path, weight] of tensors) {
      if (/\.mlp\.experts\./.test(path) || /\.lora[AB]$/.test(path)) continue;
      const block = /^model\.layers\.(\d+)\./.exec(path)?.[1];
      views.set(inFile(path, block), weight.alias());
      const moe = path.endsWith(".mlp.gate.weight") ? moeLayers.get(Number(block)) : undefined;
      if (!moe) continue;
      const layer = `model.layers.${block}.${names.layer}`;
      const { gateUp, down } = moe.experts;
      for (const [name, view] of expertViews(layer, names, gateUp.detach(), down.detach()))
        views.set(name, view.alias());
    }
  });
  return views;
}
