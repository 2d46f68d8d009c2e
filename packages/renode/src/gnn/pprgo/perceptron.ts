import { dropout, type Generator, nn, relu, type Tensor } from "@deepgrain/tensor-gpu";
import type { Multiply } from "../data/feature-product";
import { glorot } from "../layers/glorot";

/** Two layers without bias, applied to each node. @see Bojchevski et al. 2020, section 3 */
export class Perceptron extends nn.Module {
  static override readonly name: string = "Perceptron";
  first: Tensor;
  second: Tensor;

  constructor(
    inputs: number,
    hidden: number,
    classes: number,
    private readonly _rate: number,
    private readonly _generator: Generator,
  ) {
    super();
    this.first = glorot(inputs, hidden, _generator);
    this.second = glorot(hidden, classes, _generator);
  }

  /** @returns shape [nodes, classes] */
  forward(times: Multiply): Tensor {
    const { training, _generator: generator } = this;
    const hidden = dropout(relu(times(this.first)), this._rate, { training, generator });
    return hidden.matmul(this.second);
  }
}
