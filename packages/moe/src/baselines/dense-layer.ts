import type { OptionNames } from "@deepgrain/support";
import { pickOptions } from "@deepgrain/support";
import { nn, type Tensor } from "@deepgrain/tensor-gpu";
import { assertInteger } from "../checks";
import { knownOptions } from "../known-options";
import type { FeedForward, FeedForwardOptions } from "../layer/feed-forward";
import { feedForwardOptionNames, tokensOf } from "../layer/feed-forward";
import { GatedMlp, gatedMlpOptionNames } from "../layer/gated-mlp";
import type { InitialWeights } from "../layer/initial-weights";

export interface DenseConfig extends InitialWeights {
  hiddenSize: number;
  /** Width of one network. */
  innerSize: number;
  /** Number of networks that are always active and summed: 4 and 16 in the paper. Default 1. */
  copies?: number;
}

const denseConfigNames: OptionNames<DenseConfig> = {
  hiddenSize: true,
  innerSize: true,
  copies: true,
  initStd: true,
  generator: true,
};

/**
 * A feed-forward network without experts, with the interface of an expert layer. Several copies are equivalent to one
 * network of the multiplied width, the upper bound for a mixture of equal capacity.
 * @see DeepSeekMoE (Dai et al. 2024), section 4.4
 */
export class DenseLayer extends nn.Module implements FeedForward {
  mlp: GatedMlp;
  name = "";

  /** @throws {MoeError} `ERR_RANGE` for sizes below 1 */
  constructor(readonly config: DenseConfig) {
    knownOptions("DenseLayer", config, denseConfigNames);
    super();
    const { hiddenSize, innerSize, copies = 1 } = config;
    assertInteger("DenseLayer", "copies", copies, 1);
    this.mlp = new GatedMlp(
      hiddenSize,
      copies * innerSize,
      pickOptions(config, gatedMlpOptionNames),
    );
  }

  /** There is no routing to observe. */
  onRoute(): () => void {
    return () => {};
  }

  forward(x: Tensor, options: FeedForwardOptions = {}): Tensor {
    knownOptions("forward", options, feedForwardOptionNames);
    tokensOf("DenseLayer", x, this.config.hiddenSize, options).rows.dispose();
    return this.mlp.forward(x);
  }
}
