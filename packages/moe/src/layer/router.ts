import { linear, nn, ones, type Tensor, zeros } from "@deepgrain/tensor-gpu";
import { having } from "../errors";
import type { ResolvedRouter } from "../router/router-config";
import { type InitialWeights, routerWeight } from "./initial-weights";

/** The centroids of a layer's experts, and the bias that balances them, if the method has one. */
export class Router extends nn.Module {
  static override readonly name: string = "Router";
  /** [experts, d] */
  weight: Tensor;
  /** [experts], a buffer: it is moved by `updateBias`, never by a gradient. Null but for `noaux_tc`. */
  eScoreCorrectionBias: Tensor | null;

  constructor(config: ResolvedRouter, hiddenSize: number, init: InitialWeights) {
    super();
    having("Router", "config", config, "experts", "topK");
    const { experts, method, biasMode } = config;
    this.weight = routerWeight([experts, hiddenSize], init);
    const start = biasMode === "add" ? zeros : ones;
    this.eScoreCorrectionBias = method === "noaux_tc" ? nn.buffer(start([experts])) : null;
  }

  /** @param x [tokens, d] @returns logits [tokens, experts] */
  forward(x: Tensor): Tensor {
    return linear(x, this.weight);
  }
}
