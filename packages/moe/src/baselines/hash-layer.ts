import { indexSelect, nn, oneHot, type Tensor, tensor, tidy, where } from "@deepgrain/tensor-gpu";
import { having, MoeError, optionsOf, refuseUnknown, whole } from "../errors";
import {
  checkPass,
  type FeedForward,
  type FeedForwardOptions,
  tokensOf,
} from "../layer/feed-forward";
import type { InitialWeights } from "../layer/initial-weights";
import { type RouteObserver, reportRoute, subscribe } from "../layer/route-observers";
import { StackedExperts } from "../layer/stacked-experts";

export interface HashConfig extends InitialWeights {
  hiddenSize: number;
  expertSize: number;
  experts: number;
  /** [vocabulary] the expert of each token id; see `balancedHash`. */
  table: ArrayLike<number>;
}

/**
 * Experts chosen by a fixed function of the token id, one per token, with weight 1. No balancing is needed.
 * @see Roller et al. 2021, section 3
 */
export class HashLayer extends nn.Module implements FeedForward {
  static override readonly name: string = "HashLayer";
  experts: StackedExperts;
  /** int32 [vocabulary], a buffer */
  table: Tensor;
  name = "";
  private readonly _observers = new Set<RouteObserver>();

  /** @throws {MoeError} `ERR_RANGE` for sizes below 1 or a table entry that is not an expert */
  constructor(readonly config: HashConfig) {
    super();
    having("HashLayer", "config", config, "hiddenSize", "expertSize");
    const { experts, hiddenSize, expertSize, table, initStd, generator, ...rest } = optionsOf(
      "HashLayer",
      config,
    );
    refuseUnknown("HashLayer", rest);
    for (const expert of Array.from(table))
      whole("HashLayer", "expert in table", expert, { min: 0, max: experts - 1 });
    this.experts = new StackedExperts(experts, hiddenSize, expertSize, { initStd, generator });
    this.table = nn.buffer(tensor(Int32Array.from(table)));
  }

  onRoute(observer: RouteObserver): () => void {
    return subscribe(this._observers, observer);
  }

  /**
   * @param options.tokenIds int32, one per token, in the table's range
   * @throws {MoeError} `ERR_MISSING` without token ids, `ERR_SHAPE`; {TensorError} `ERR_RANGE` for an unknown id
   */
  forward(x: Tensor, options: FeedForwardOptions = {}): Tensor {
    checkPass(options);
    return tidy(() => {
      const { tokenIds, tokenMask = null } = options;
      const { rows, sequences } = tokensOf("HashLayer", x, this.config.hiddenSize, options);
      const tokens = rows.shape[0]!;
      if (!tokenIds)
        throw new MoeError("ERR_MISSING", "moe/HashLayer: forward needs options.tokenIds");
      if (tokenIds.size !== tokens)
        throw new MoeError(
          "ERR_SHAPE",
          `moe/HashLayer: tokenIds must have ${tokens} elements, one per token, got [${tokenIds.shape.join(", ")}]`,
          { fields: { shape: tokenIds.shape, tokens } },
        );
      const chosen = indexSelect(this.table, 0, tokenIds.reshape([tokens])).reshape([tokens, 1]);
      const ids = tokenMask ? where(tokenMask.reshape([tokens, 1]).eq(0), -1, chosen) : chosen;
      const weights = ids.ge(0).to({ dtype: "float32" });
      const scores = oneHot(chosen.reshape([tokens]), this.config.experts);
      const report = { sequences, auxLoss: null, droppedFraction: 0 };
      reportRoute(this, this._observers, { ids, weights, scores }, report);
      return this.experts.forward(rows, ids, weights).reshape(x.shape);
    });
  }
}
