import { type Generator, noGrad, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { familyTraits, type ModelConfig } from "../config";

/**
 * Draws the weights, given as views under Hugging Face's names, as the Hugging Face classes do: matrices and embeddings
 * normal with `initializerRange`, norms one, biases zero; routers uniform in ±1/√hidden; GPT-2's residual
 * projections divided by √(2·layers).
 */
export function initializeWeights(
  weights: ReadonlyMap<string, Tensor>,
  config: ModelConfig,
  generator: Generator,
): void {
  const { initializerRange, numHiddenLayers } = config;
  const { norm, positions } = familyTraits(config);
  const startsAtZero = norm === "offset"; // these norms add 1
  tidy(() =>
    noGrad(() => {
      for (const [name, weight] of weights) {
        const bound = 1 / Math.sqrt(weight.shape.at(-1) ?? 1);
        const isResidual = positions === "learned" && name.endsWith("c_proj.weight");
        if (isNorm(name, weight)) weight.fill_(name.endsWith("bias") || startsAtZero ? 0 : 1);
        else if (name.endsWith("bias")) weight.fill_(0);
        else if (name.endsWith("mlp.gate.weight"))
          weight.uniform_({ low: -bound, high: bound, generator });
        else
          weight.normal_({
            std: isResidual ? initializerRange / Math.sqrt(2 * numHiddenLayers) : initializerRange,
            generator,
          });
      }
    }),
  );
}

const isNorm = (name: string, weight: Tensor): boolean =>
  weight.rank === 1 && /norm|\bln_/.test(name);
