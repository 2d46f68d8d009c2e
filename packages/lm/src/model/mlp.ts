import { GatedMlp, type GatedMlpOptions } from "@deepgrain/moe";
import { gelu, relu, type Tensor } from "@deepgrain/tensor-gpu";
import type { Activation } from "../config";

/** The activation functions that configurations name. */
export const activations: Record<Activation, (x: Tensor) => Tensor> = {
  silu: (x) => x.silu(),
  gelu: (x) => gelu(x),
  gelu_new: (x) => gelu(x, { approximate: "tanh" }),
  gelu_pytorch_tanh: (x) => gelu(x, { approximate: "tanh" }),
  relu,
};

/** The engine's names of these functions. */
export const activationNames = {
  silu: "silu",
  gelu: "gelu",
  gelu_new: "geluTanh",
  gelu_pytorch_tanh: "geluTanh",
  relu: "relu",
} as const satisfies Record<Activation, GatedMlp["activation"]>;

/** The dense feed-forward part of a rotary decoder's block. */
export const gatedMlp = (
  hiddenSize: number,
  innerSize: number,
  activation: Activation,
  options: Pick<GatedMlpOptions, "bias" | "isFused">,
): GatedMlp =>
  new GatedMlp(hiddenSize, innerSize, {
    ...options,
    start: "linear",
    activation: activationNames[activation],
  });
