import { nn, type Tensor } from "@deepgrain/tensor-gpu";
import { optionsOf, refuseUnknown, whole } from "../errors";
import type { FeedForward, FeedForwardOptions } from "../layer/feed-forward";
import { checkPass, tokensOf } from "../layer/feed-forward";
import { GatedMlp } from "../layer/gated-mlp";
import type { InitialWeights } from "../layer/initial-weights";

export interface DenseConfig extends InitialWeights {
  hiddenSize: number;
  /** Width of one network. */
  innerSize: number;
  /** Number of networks that are always active and summed: 4 and 16 in the paper. Default 1. */
  copies?: number | undefined;
}

/**
 * A feed-forward network without experts, with the interface of an expert layer. Several copies are equivalent to one
 * network of the multiplied width, the upper bound for a mixture of equal capacity.
 * @see DeepSeekMoE (Dai et al. 2024), section 4.4
 */
export class DenseLayer extends nn.Module implements FeedForward {
  static override readonly name: string = "DenseLayer";
  mlp: GatedMlp;
  name = "";

  /** @throws {MoeError} `ERR_RANGE` for sizes below 1 */
  constructor(readonly config: DenseConfig) {
    super();
    const {
      hiddenSize,
      innerSize,
      copies = 1,
      initStd,
      generator,
      ...rest
    } = optionsOf("DenseLayer", config);
    refuseUnknown("DenseLayer", rest);
    for (const [name, size] of Object.entries({ hiddenSize, innerSize, copies }))
      whole("DenseLayer", name, size, { min: 1 });
    this.mlp = new GatedMlp(hiddenSize, copies * innerSize, { initStd, generator });
  }

  /** There is no routing to observe. */
  onRoute(): () => void {
    return () => {};
  }

  forward(x: Tensor, options: FeedForwardOptions = {}): Tensor {
    checkPass(options);
    tokensOf("DenseLayer", x, this.config.hiddenSize, options).rows.dispose();
    return this.mlp.forward(x);
  }
}
