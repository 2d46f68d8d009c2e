import { gelu, nn, relu, swiglu, type Tensor } from "@deepgrain/tensor-gpu";
import type { Activation } from "../config";

/** The activation functions that configurations name. */
export const activations: Record<Activation, (x: Tensor) => Tensor> = {
  silu: (x) => x.silu(),
  gelu: (x) => gelu(x),
  gelu_new: (x) => gelu(x, { approximate: "tanh" }),
  gelu_pytorch_tanh: (x) => gelu(x, { approximate: "tanh" }),
  relu,
};

/** down(act(gate(x)) · up(x)). @see Shazeer 2020, equation 6 */
export class GatedMlp extends nn.Module {
  gateProj: nn.Linear;
  upProj: nn.Linear;
  downProj: nn.Linear;

  constructor(
    hiddenSize: number,
    intermediateSize: number,
    private readonly _act: Activation,
    bias = false,
  ) {
    super();
    this.gateProj = new nn.Linear(hiddenSize, intermediateSize, { bias });
    this.upProj = new nn.Linear(hiddenSize, intermediateSize, { bias });
    this.downProj = new nn.Linear(intermediateSize, hiddenSize, { bias });
  }

  /** @param x [..., hidden] @returns [..., hidden] */
  forward(x: Tensor): Tensor {
    const [gate, up] = [this.gateProj.forward(x), this.upProj.forward(x)];
    return this.downProj.forward(
      this._act === "silu" ? swiglu(gate, up) : activations[this._act](gate).mul(up),
    );
  }
}
