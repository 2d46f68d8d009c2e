import type { MoeLayer } from "@deepgrain/moe";
import { type nn, type Tensor, tidy } from "@deepgrain/tensor-gpu";

const snakeCase = (name: string): string =>
  name
    .replaceAll(/([a-z])(\d)/g, "$1_$2")
    .replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** One expert's matrices as views into the stacks: gate and up are the halves of `gateUp`. */
function* expertViews(prefix: string, gateUp: Tensor, down: Tensor): Generator<[string, Tensor]> {
  const [experts, width] = gateUp.shape as [number, number];
  for (let e = 0; e < experts; e++) {
    const both = gateUp.select(0, e);
    yield [`${prefix}.${e}.gate_proj.weight`, both.narrow(0, 0, width / 2)];
    yield [`${prefix}.${e}.up_proj.weight`, both.narrow(0, width / 2, width / 2)];
    yield [`${prefix}.${e}.down_proj.weight`, down.select(0, e)];
  }
}

/**
 * Weights under Hugging Face's names, as views.
 * @param tensors by property path from the model's root
 * @param moeLayers the expert layers among them, by block number
 */
export function viewsOf(
  tensors: Iterable<nn.NamedTensor>,
  moeLayers: ReadonlyMap<number, MoeLayer>,
): Map<string, Tensor> {
  const views = new Map<string, Tensor>();
  tidy(() => {
    for (const [path, weight] of tensors) {
      if (/\.mlp\.experts\./.test(path) || /\.lora[AB]$/.test(path)) continue;
      views.set(snakeCase(path), weight.alias());
      const layer = /^model\.layers\.(\d+)\.mlp\.gate\.weight$/.exec(path)?.[1];
      const moe = layer === undefined ? undefined : moeLayers.get(Number(layer));
      if (!moe) continue;
      for (const [name, view] of expertViews(
        `model.layers.${layer}.mlp.experts`,
        moe.experts.gateUp.detach(),
        moe.experts.down.detach(),
      ))
        views.set(name, view.alias());
    }
  });
  return views;
}
