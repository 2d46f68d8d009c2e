import {
  type Generator,
  mseLoss,
  nn,
  optim,
  randn,
  relu,
  type Tensor,
} from "@deepgrain/tensor-gpu";
import type { Workload } from "./workload";

class Mlp extends nn.Module {
  layers: nn.Linear[];

  constructor(widths: readonly number[], init: nn.InitOptions) {
    super();
    this.layers = widths.slice(1).map((width, i) => new nn.Linear(widths[i]!, width, init));
  }

  /** @param x shape [batch, widths[0]] */
  forward(x: Tensor): Tensor {
    return this.layers.reduce(
      (y, layer, i) => (i === 0 ? layer.forward(y) : layer.forward(relu(y))),
      x,
    );
  }
}

/** Sizes of a perceptron and its batch. */
interface MlpSizes {
  /** Of the input, the hidden layers and the output. */
  widths: readonly number[];
  batch: number;
}

/** A perceptron with ReLU, trained by Adam to fit random numbers: so small that a step is all overhead. */
export function mlp({ widths, batch }: MlpSizes, generator: Generator): Workload {
  const model = new Mlp(widths, { generator });
  const [x, y] = [widths[0]!, widths.at(-1)!].map((width) => {
    const values = randn([batch, width], { generator });
    values.isKept = true;
    return values;
  }) as [Tensor, Tensor];
  return {
    unit: "samples",
    unitsPerStep: batch,
    parameters: model.parameters(),
    optimizer: new optim.AdamW(model.parameters(), { lr: 1e-3, weightDecay: 0 }),
    forward: () => mseLoss(model.forward(x), y),
  };
}
