import { matmul, nn, scaledDotProductAttention, softmax, type Tensor } from "@deepgrain/tensor-gpu";
import { applyHook, type ModelHooks } from "../model/hooks";
import type { EncoderConfig } from "./encoder-config";
import { Dense, type DrawMatrix } from "./layers";

/** State shared by all layers of one forward pass. */
export interface EncoderContext {
  /** int32 [batch, length], 0 hides a token; null if no token is masked. Every row has at least one visible token. */
  keyMask: Tensor | null;
  hooks: ModelHooks | undefined;
}

/** Attention of every token to every token that is not masked. @see Vaswani et al. 2017, section 3.2 */
export class SelfAttention extends nn.Module {
  static override readonly name: string = "SelfAttention";
  query: Dense;
  key: Dense;
  value: Dense;
  dropout: nn.Dropout;

  constructor(
    private readonly _config: EncoderConfig,
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
    const needsPattern = hooks?.scores || hooks?.pattern || (this.training && attentionDropout > 0);
    const mixed = needsPattern
      ? this.stepByStep(q, k, v, context)
      : scaledDotProductAttention(q, k, v, { keyMask });
    return applyHook(hooks, "headOutput", this._layer, mixed).reshape([batch, length, hiddenSize]);
  }

  /** The same with explicit probabilities, for hooks and dropout. */
  private stepByStep(q: Tensor, k: Tensor, v: Tensor, { keyMask, hooks }: EncoderContext): Tensor {
    const [batch, length, , size] = q.shape as [number, number, number, number];
    const raw = matmul(q.transpose(1, 2), k.transpose(1, 2).transpose(-1, -2)).mul(size ** -0.5);
    const masked = keyMask
      ? raw.maskedFill(keyMask.eq(0).reshape([batch, 1, 1, length]), -Infinity)
      : raw;
    const pattern = softmax(applyHook(hooks, "scores", this._layer, masked));
    const kept = this.dropout.forward(applyHook(hooks, "pattern", this._layer, pattern));
    return matmul(kept, v.transpose(1, 2)).transpose(1, 2);
  }
}
