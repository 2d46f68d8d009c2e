import { nn, relu, reshape, type Tensor } from "@deepgrain/tensor-gpu";
import { listOf, optionsOf, refuseUnknown, whole } from "../../errors";
import type { FeatureModule } from "./feature-module";

/** Linear layers with ReLU after each, for example [196, 128, 64]. */
export class Mlp extends nn.Module implements FeatureModule {
  static override readonly name: string = "Mlp";
  layers: nn.Linear[];

  constructor(widths: readonly number[]) {
    super();
    listOf("Mlp", "widths", widths);
    this.layers = widths.slice(1).map((outputs, i) => new nn.Linear(widths[i]!, outputs));
  }

  forward(x: Tensor): Tensor {
    let h = x;
    for (const layer of this.layers) h = relu(layer.forward(h));
    return h;
  }
}

/**
 * Two 5×5 convolutions with 2×2 pooling, then a dense layer with dropout: the architecture of RedGrape's MNIST and
 * FEMNIST experiments.
 */
export class SmallCnn extends nn.Module implements FeatureModule {
  static override readonly name: string = "SmallCnn";
  first: nn.Conv2d;
  second: nn.Conv2d;
  dense: nn.Linear;
  dropout: nn.Dropout;
  private readonly _pool = new nn.MaxPool2d(2);

  /**
   * @param options.side pixels per side, 4 or more (default 28); where one is left over, pooling leaves it out
   * @param options.channels (default 1)
   * @param options.width outputs of the dense layer (default 64)
   * @param options.dropout (default 0)
   */
  constructor(
    options: { side?: number; channels?: number; width?: number; dropout?: number } = {},
  ) {
    const {
      side = 28,
      channels = 1,
      width = 64,
      dropout = 0,
      ...rest
    } = optionsOf("SmallCnn", options);
    refuseUnknown("SmallCnn", rest);
    whole("SmallCnn", "side", side, { min: 4 });
    super();
    this.first = new nn.Conv2d(channels, 16, 5, { padding: 2 });
    this.second = new nn.Conv2d(16, 32, 5, { padding: 2 });
    this.dense = new nn.Linear(32 * Math.floor(side / 4) ** 2, width);
    this.dropout = new nn.Dropout(dropout);
  }

  /** @param x shape [rows, channels, side, side] */
  forward(x: Tensor): Tensor {
    const low = this._pool.forward(relu(this.first.forward(x)));
    const high = this._pool.forward(relu(this.second.forward(low)));
    const flat = reshape(high, [x.shape[0]!, high.size / x.shape[0]!]);
    return this.dropout.forward(relu(this.dense.forward(flat)));
  }
}
