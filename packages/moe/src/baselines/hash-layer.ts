import { type Given, instance, options, required, whole } from "@deepgrain/support/schema";
import { indexSelect, nn, oneHot, type Tensor, tensor, tidy, where } from "@deepgrain/tensor-gpu";
import { check, MoeError, read } from "../errors";
import { type FeedForward, type FeedForwardOptions, pass, tokensOf } from "../layer/feed-forward";
import { initialWeights } from "../layer/initial-weights";
import { type RouteObserver, reportRoute, subscribe } from "../layer/route-observers";
import { StackedExperts } from "../layer/stacked-experts";

const hashLayer = options({
  ...initialWeights,
  hiddenSize: required(whole({ min: 1 })),
  expertSize: required(whole({ min: 1 })),
  experts: required(whole({ min: 1 })),
  /** [vocabulary] the expert of each token id; see `balancedHash`. */
  table: required(instance<ArrayLike<number>>(["length"])),
});

export interface HashConfig extends Given<typeof hashLayer> {}

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
    const settings = read(hashLayer, "HashLayer", config);
    const { experts, hiddenSize, expertSize, table, initStd, generator } = settings;
    const isExpert = whole({ min: 0, max: experts - 1 });
    for (const expert of Array.from(table)) check("HashLayer", "expert in table", expert, isExpert);
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
    const settings = read(pass, "forward", options);
    return tidy(() => {
      const { tokenIds, tokenMask } = settings;
      const { rows, sequences } = tokensOf("HashLayer", x, this.config.hiddenSize, settings);
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
