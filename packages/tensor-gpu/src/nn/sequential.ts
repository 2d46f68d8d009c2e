import { fail } from "../errors";
import { showValue } from "../tensor/sizes";
import type { Tensor } from "../tensor/tensor";
import { Module } from "./module";

/** A layer from one tensor to one tensor. */
export interface Layer extends Module {
  forward(x: Tensor): Tensor;
}

/** Layers one after another. Their tensors are named by position (`0.weight`), as in PyTorch. */
export class Sequential extends Module {
  static override readonly name: string = "Sequential";
  readonly [position: number]: Layer;
  /** Number of layers. */
  readonly length: number;

  /** @throws {TensorError} `ERR_ARGUMENT` for what is not a layer */
  constructor(...layers: Layer[]) {
    super();
    this.length = layers.length;
    for (const layer of layers)
      if (!(layer instanceof Module) || !layer.forward)
        fail("ERR_ARGUMENT", `Sequential: needs layers, got ${showValue(layer)}`);
    Object.assign(this, layers);
  }

  forward(x: Tensor): Tensor {
    let y = x;
    for (let i = 0; i < this.length; i++) y = this[i]!.forward(y);
    return y;
  }
}
