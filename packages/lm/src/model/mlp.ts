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

export interface GatedMlpOptions {
  /** Default false. */
  bias?: boolean;
  /** Whether gate and up are one projection, gate first. Default false. */
  isFused?: boolean;
}

/** down(act(gate(x)) · up(x)). @see Shazeer 2020, equation 6 */
export class GatedMlp extends nn.Module {
  gateProj: nn.Linear | null = null;
  upProj: nn.Linear | null = null;
  gateUpProj: nn.Linear | null = null;
  downProj: nn.Linear;

  constructor(
    hiddenSize: number,
    readonly _intermediateSize: number,
    readonly _act: Activation,
    { bias = false, isFused = false }: GatedMlpOptions = {},
  ) {
    super();
    if (isFused) this.gateUpProj = new nn.Linear(hiddenSize, 2 * _intermediateSize, { bias });
    else {
      this.gateProj = new nn.Linear(hiddenSize, _intermediateSize, { bias });
      this.upProj = new nn.Linear(hiddenSize, _intermediateSize, { bias });
    }
    this.downProj = new nn.Linear(_intermediateSize, hiddenSize, { bias });
  }

  /** @param x [..., hidden] @returns [..., hidden] */
  forward(x: Tensor): Tensor {
    const [gate, up] = (
      this.gateUpProj
        ? this.gateUpProj.forward(x).chunk(2)
        : [this.gateProj!.forward(x), this.upProj!.forward(x)]
    ) as [Tensor, Tensor];
    return this.downProj.forward(
      this._act === "silu" ? swiglu(gate, up) : activations[this._act](gate).mul(up),
    );
  }
}
