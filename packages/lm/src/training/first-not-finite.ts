import { noGrad, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { having } from "../errors";
import type { CausalLM } from "../model/causal-lm";
import type { ModelHooks, TensorHook } from "../model/hooks";
import type { LabelledBatch } from "../model/token-batch";

/** The activations of a block, in the order of the forward pass. */
const sites = ["query", "key", "value", "attentionOutput", "mlpOutput", "residual"] as const;

/**
 * The name of the first tensor of a forward pass that holds a NaN or an infinity: `embeddings`, `layers.2 mlpOutput`, `logits`.
 *
 * @returns undefined if all checked tensors are finite
 */
export async function firstNotFinite(
  model: CausalLM,
  batch: LabelledBatch,
): Promise<string | undefined> {
  having("firstNotFinite", "model", model, "forward");
  const seen: { name: string; isBad: Tensor }[] = [];
  const look =
    (site: string): TensorHook =>
    (tensor, { layer }) => {
      const name = layer < 0 ? "embeddings" : `layers.${layer} ${site}`;
      seen.push({ name, isBad: tensor.sub(tensor).eq(0).logicalNot().sum() }); // x − x is NaN for both
      return undefined;
    };
  const hooks: ModelHooks = Object.fromEntries(sites.map((site) => [site, look(site)]));
  const found = tidy(() =>
    noGrad(() => {
      const logits = model.forward(batch, { hooks });
      seen.push({ name: "logits", isBad: logits.sub(logits).eq(0).logicalNot().sum() });
      return seen.map(({ isBad }) => isBad);
    }),
  );
  let first: string | undefined;
  for (const [i, count] of found.entries()) {
    if ((await count.item()) > 0) first ??= seen[i]!.name;
    count.dispose();
  }
  return first;
}
