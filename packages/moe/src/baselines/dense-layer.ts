import { type Given, options, required, whole } from "@deepgrain/support/schema";
import { nn, type Tensor } from "@deepgrain/tensor-gpu";
import { read } from "../errors";
import type { FeedForward, FeedForwardOptions } from "../layer/feed-forward";
import { pass, tokensOf } from "../layer/feed-forward";
import { GatedMlp } from "../layer/gated-mlp";
import { initialWeights } from "../layer/initial-weights";

const denseLayer = options({
  ...initialWeights,
  hiddenSize: required(whole({ min: 1 })),
  /** Width of one network. */
  innerSize: required(whole({ min: 1 })),
  /** Number of networks that are always active and summed: 4 and 16 in the paper. */
  copies: whole({ min: 1 }, 1),
});

export interface DenseConfig extends Given<typeof denseLayer> {}

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
    const settings = read(denseLayer, "DenseLayer", config);
    const { hiddenSize, innerSize, copies, initStd, generator } = settings;
    this.mlp = new GatedMlp(hiddenSize, copies * innerSize, { initStd, generator });
  }

  /** There is no routing to observe. */
  onRoute(): () => void {
    return () => {};
  }

  forward(x: Tensor, options: FeedForwardOptions = {}): Tensor {
    const settings = read(pass, "forward", options);
    tokensOf("DenseLayer", x, this.config.hiddenSize, settings).rows.dispose();
    return this.mlp.forward(x);
  }
}
