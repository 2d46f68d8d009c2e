import { nn, swiglu, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { assertInteger } from "../checks";
import { type InitialWeights, normalWeight } from "./initial-weights";

const linearLayer = (inSize: number, outSize: number, init: InitialWeights): nn.Linear =>
  new nn.Linear(inSize, outSize, { bias: false, init: (shape) => normalWeight(shape, init) });

/**
 * A dense feed-forward network, down(silu(gate(x)) · up(x)): the shared experts merged into one, or a dense baseline.
 * `count` networks of width f side by side, added up, are one of width count·f.
 * @see Shazeer 2020, equation 6
 */
export class GatedMlp extends nn.Module {
  gateProj: nn.Linear;
  upProj: nn.Linear;
  downProj: nn.Linear;

  /** @throws {MoeError} `ERR_RANGE` for sizes below 1 */
  constructor(hiddenSize: number, innerSize: number, init: InitialWeights = {}) {
    super();
    assertInteger("GatedMlp", "hiddenSize", hiddenSize, 1);
    assertInteger("GatedMlp", "innerSize", innerSize, 1);
    this.gateProj = linearLayer(hiddenSize, innerSize, init);
    this.upProj = linearLayer(hiddenSize, innerSize, init);
    this.downProj = linearLayer(innerSize, hiddenSize, init);
  }

  /** @param x [..., hidden] @returns [..., hidden] */
  forward(x: Tensor): Tensor {
    return tidy(() =>
      this.downProj.forward(swiglu(this.gateProj.forward(x), this.upProj.forward(x))),
    );
  }
}
