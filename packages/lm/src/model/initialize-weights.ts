import { type Generator, noGrad, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import type { ModelConfig } from "../config";

/**
 * Draws the weights, given as views under Hugging Face's names, as the Hugging Face classes do: matrices and embeddings
 * normal with `initializerRange`, norms one, biases zero; routers uniform in ±1/√hidden; GPT-2's residual projections divided by √(2·layers).
 */
export function initializeWeights(
  weights: ReadonlyMap<string, Tensor>,
  { initializerRange, numHiddenLayers, modelType }: ModelConfig,
  generator: Generator,
): void {
  tidy(() =>
    noGrad(() => {
      for (const [name, weight] of weights) {
        const { kernels } = weight.storage.backend;
        const draw = (kind: "normal" | "uniform", a: number, b: number) => {
          const { seed, offset } = generator.reserve(weight.size);
          kernels.random(kind, weight, seed, offset, a, b);
        };
        const bound = 1 / Math.sqrt(weight.shape.at(-1) ?? 1);
        const isResidual = modelType === "gpt2" && name.endsWith("c_proj.weight");
        if (isNorm(name, weight)) kernels.fill(weight, name.endsWith("bias") ? 0 : 1);
        else if (name.endsWith("bias")) kernels.fill(weight, 0);
        else if (name.endsWith("mlp.gate.weight")) draw("uniform", -bound, bound);
        else
          draw(
            "normal",
            0,
            isResidual ? initializerRange / Math.sqrt(2 * numHiddenLayers) : initializerRange,
          );
      }
    }),
  );
}

const isNorm = (name: string, weight: Tensor): boolean =>
  weight.rank === 1 && /norm|\bln_/.test(name);
