import { nn, type Tensor } from "@deepgrain/tensor-gpu";
import { applyHook } from "../model/hooks";
import { attendBoth, type EncoderContext } from "./attend-both";
import type { PostNormConfig } from "./encoder-config";
import { Dense, type DrawMatrix } from "./layers";

/** Attention of every token to every token that is not masked. @see Vaswani et al. 2017, section 3.2 */
export class SelfAttention extends nn.Module {
  static override readonly name: string = "SelfAttention";
  query: Dense;
  key: Dense;
  value: Dense;
  dropout: nn.Dropout;

  constructor(
    private readonly _config: PostNormConfig,
    private readonly _layer: number,
    draw: DrawMatrix,
  ) {
    super();
    const { hiddenSize } = _config;
    this.query = new Dense(hiddenSize, hiddenSize, draw);
    this.key = new Dense(hiddenSize, hiddenSize, draw);
    this.value = new Dense(hiddenSize, hiddenSize, draw);
    this.dropout = new nn.Dropout(_config.attentionDropout);
  }

  /** @param x [batch, length, hidden] @returns the heads side by side, of x's shape */
  forward(x: Tensor, context: EncoderContext): Tensor {
    const { hiddenSize, numAttentionHeads: heads, attentionDropout } = this._config;
    const { hooks, keyMask } = context;
    const [batch, length] = x.shape as [number, number];
    const [q, k, v] = (["query", "key", "value"] as const).map((part) => {
      const projected = this[part].forward(x).reshape([batch, length, heads, hiddenSize / heads]);
      return applyHook(hooks, part, this._layer, projected);
    }) as [Tensor, Tensor, Tensor];
    const mixed = attendBoth(q, k, v, {
      keyMask,
      hooks,
      layer: this._layer,
      dropout: this.dropout,
      isDropping: this.training && attentionDropout > 0,
    });
    return mixed.reshape([batch, length, hiddenSize]);
  }
}
