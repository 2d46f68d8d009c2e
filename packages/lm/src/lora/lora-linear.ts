import { linear, matmul, type nn, noGrad, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { dropInputs, type FactorSettings, type LoraPart, newFactors } from "./lora-part";

interface WithFactors {
  loraA?: Tensor | undefined;
  loraB?: Tensor | undefined;
}

/** Adds scale·B·A to a weight in place. Works for stacks as well. */
export async function mergeInto(
  weight: Tensor,
  a: Tensor,
  b: Tensor,
  scale: number,
): Promise<void> {
  if (weight.rank === 3 && weight.dtype !== "float32") return mergeEach(weight, a, b, scale);
  const wide = { dtype: "float32" } as const;
  const sum = noGrad(() => tidy(() => weight.detach().to(wide).add(matmul(b, a).mul(scale))));
  weight.set(await sum.data());
  sum.dispose();
}

/** The same, expert by expert, for a quantised stack. */
async function mergeEach(weight: Tensor, a: Tensor, b: Tensor, scale: number): Promise<void> {
  for (let e = 0; e < weight.shape[0]!; e++) {
    const [one, factorA, factorB] = [weight, a, b].map((x) => x.detach().select(0, e)) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    await mergeInto(one, factorA, factorB, scale);
    for (const view of [one, factorA, factorB]) view.dispose();
  }
}

/**
 * Attaches factors to a linear layer: y = W·x + bias + scale·B·(A·x). They become the layer's parameters `loraA`, `loraB`.
 * @param name the module's Hugging Face name
 */
export function attachToLinear(layer: nn.Linear, name: string, settings: FactorSettings): LoraPart {
  const factors = newFactors(layer.weight, settings);
  const owner = layer as nn.Linear & WithFactors;
  Object.assign(owner, { loraA: factors.a, loraB: factors.b });
  const forward = layer.forward.bind(layer);
  layer.forward = (x) => {
    if (!settings.power.isOn) return forward(x);
    const inner = linear(dropInputs(x, layer.training, settings), factors.a);
    return forward(x).add(linear(inner, factors.b).mul(settings.scale));
  };
  return {
    views: () => new Map([[name, { a: factors.a.detach(), b: factors.b.detach() }]]),
    parameters: () => [factors.a, factors.b],
    merge: () => mergeInto(layer.weight, factors.a, factors.b, settings.scale),
    detach() {
      Reflect.deleteProperty(layer, "forward"); // the class's own method is visible again
      delete owner.loraA;
      delete owner.loraB;
      factors.a.dispose();
      factors.b.dispose();
    },
  };
}
