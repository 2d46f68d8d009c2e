import { createBaseline } from "@deepgrain/moe";
import { crossEntropy, type Generator, optim } from "@deepgrain/tensor-gpu";
import { randomIds } from "./random-ids";
import { type DecoderSizes, TinyDecoder, VOCABULARY } from "./tiny-decoder";
import type { Workload } from "./workload";

/** Sizes of a decoder of bytes with DeepSeekMoE layers, and its batch. */
interface MoeSizes extends DecoderSizes {
  batch: number;
  /** Width of a standard feed-forward network. */
  innerSize: number;
  /** Standard experts; each is cut into four, one of them shared. */
  experts: number;
}

/** The decoder of `deepgrain compare deepseek-moe` with DeepSeekMoE's layers, trained by AdamW on one batch of random bytes. */
export function moe(sizes: MoeSizes, generator: Generator): Workload {
  const { batch, length, hiddenSize, innerSize, experts, layers } = sizes;
  const standard = { hiddenSize, innerSize, experts, initStd: 0.02, auxLossAlpha: 0.01 };
  const layer = () =>
    createBaseline(
      { kind: "deepseek-moe", segments: 4, shared: 1 },
      { ...standard, seqAux: false, generator },
    );
  const model = new TinyDecoder(
    sizes,
    { std: 0.02, generator },
    Array.from({ length: layers }, layer),
  );
  const ids = randomIds([batch, length], VOCABULARY, generator);
  const targets = randomIds([batch, length], VOCABULARY, generator);
  return {
    unit: "tokens",
    unitsPerStep: batch * length,
    parameters: model.parameters(),
    optimizer: new optim.AdamW(model.parameters(), { lr: 1e-3 }),
    forward: () => crossEntropy(model.forward(ids), targets),
  };
}
