import { whole } from "@deepgrain/support/schema";
import { linear, nn, ones, type Tensor, zeros } from "@deepgrain/tensor-gpu";
import { check, having, read } from "../errors";
import type { ResolvedRouter } from "../router/router-config";
import { type InitialWeights, initialWeights, routerWeight } from "./initial-weights";

/** The centroids of a layer's experts, and the bias that balances them, if the method has one. */
export class Router extends nn.Module {
  static override readonly name: string = "Router";
  /** [experts, d] */
  weight: Tensor;
  /** [experts], a buffer: it is moved by `updateBias`, never by a gradient. Null but for `noaux_tc`. */
  eScoreCorrectionBias: Tensor | null;

  constructor(config: ResolvedRouter, hiddenSize: number, init: InitialWeights = {}) {
    super();
    const settings = read(initialWeights, "Router", init);
    having("Router", "config", config, "experts", "topK");
    check("Router", "hiddenSize", hiddenSize, whole({ min: 1 }));
    const { experts, method, biasMode } = config;
    this.weight = routerWeight([experts, hiddenSize], settings);
    const start = biasMode === "add" ? zeros : ones;
    this.eScoreCorrectionBias = method === "noaux_tc" ? nn.buffer(start([experts])) : null;
  }

  /** @param x [tokens, d] @returns logits [tokens, experts] */
  forward(x: Tensor): Tensor {
    return linear(x, this.weight);
  }
}
