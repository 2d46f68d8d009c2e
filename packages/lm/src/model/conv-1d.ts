import { CompactTensor, linear, nn, type Tensor, zeros } from "@deepgrain/tensor-gpu";

/**
 * An empty quantised weight, stored so that each row of a product is contiguous; null for a type that is not quantised.
 */
function blankTransposed(outFeatures: number, inFeatures: number): Tensor | null {
  const rows = nn.blankWeight([outFeatures, inFeatures]);
  if (!(rows instanceof CompactTensor)) {
    rows?.dispose();
    return null;
  }
  const weight = rows.transpose();
  rows.dispose();
  return weight;
}

/** GPT-2's linear layer, stored as [in, out]; zeros until the model draws or loads its weights. */
export class Conv1D extends nn.Module {
  static override readonly name: string = "Conv1D";
  weight: Tensor;
  bias: Tensor;

  constructor(inFeatures: number, outFeatures: number) {
    super();
    this.weight =
      blankTransposed(outFeatures, inFeatures) ?? nn.parameter(zeros([inFeatures, outFeatures]));
    this.bias = nn.parameter(zeros([outFeatures]));
  }

  forward(x: Tensor): Tensor {
    return linear(x, this.weight.transpose(), this.bias);
  }
}
