import { nn, rmsNorm, type Tensor, zeros } from "@deepgrain/tensor-gpu";

/** x / √(mean x² + eps) · (1 + weight): Gemma's normalisation, whose weights are zeros at first. */
export class OffsetNorm extends nn.Module {
  static override readonly name: string = "OffsetNorm";
  weight: Tensor;

  constructor(
    size: number,
    readonly eps: number,
  ) {
    super();
    this.weight = nn.parameter(zeros([size]));
  }

  /** @param x [..., size] @returns [..., size] */
  forward(x: Tensor): Tensor {
    return rmsNorm(x, this.weight.add(1), { eps: this.eps });
  }
}
