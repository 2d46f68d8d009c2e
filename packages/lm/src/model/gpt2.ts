import { nn, type Tensor } from "@deepgrain/tensor-gpu";
import type { Gpt2Config } from "../config";
import { attend } from "./attend";
import { type AttentionSizes, attentionSizes, type HeadAttention } from "./attention";
import { Conv1D } from "./conv-1d";
import type { ForwardContext } from "./forward-context";
import { applyHook, type ModelHooks } from "./hooks";
import { activations } from "./mlp";

export class Gpt2Attention extends nn.Module implements HeadAttention {
  static override readonly name: string = "Gpt2Attention";
  cAttn: Conv1D;
  cProj: Conv1D;
  readonly _sizes: AttentionSizes;
  readonly _rotary = null;

  constructor(
    config: Gpt2Config,
    readonly _layer: number,
  ) {
    super();
    const { hiddenSize } = config;
    this._sizes = attentionSizes(config, _layer);
    this.cAttn = new Conv1D(hiddenSize, 3 * hiddenSize);
    this.cProj = new Conv1D(hiddenSize, hiddenSize);
  }

  get qkvProj(): Conv1D {
    return this.cAttn;
  }

  get oProj(): Conv1D {
    return this.cProj;
  }

  get qProj(): null {
    return null;
  }

  get kProj(): null {
    return null;
  }

  get vProj(): null {
    return null;
  }

  get qNorm(): null {
    return null;
  }

  get kNorm(): null {
    return null;
  }

  forward(x: Tensor, { cache, hooks, keyMask, segments }: ForwardContext): Tensor {
    const { hiddenSize, heads, headDim, scale } = this._sizes;
    const [batch, seq] = x.shape as [number, number];
    const layer = this._layer;
    const parts = this.cAttn.forward(x).chunk(3);
    const [query, key, value] = parts.map((part) => part.reshape([batch, seq, heads, headDim])) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const q = applyHook(hooks, "query", layer, query);
    let k = applyHook(hooks, "key", layer, key);
    let v = applyHook(hooks, "value", layer, value);
    if (cache) {
      k = cache.append(layer, "key", k);
      v = cache.append(layer, "value", v);
    }
    return this.cProj.forward(
      attend(q, k, v, { scale, keyMask, segments, hooks, layer }).reshape([batch, seq, hiddenSize]),
    );
  }
}

export class Gpt2Mlp extends nn.Module {
  static override readonly name: string = "Gpt2Mlp";
  cFc: Conv1D;
  cProj: Conv1D;

  constructor(readonly _config: Gpt2Config) {
    super();
    this.cFc = new Conv1D(_config.hiddenSize, _config.intermediateSize);
    this.cProj = new Conv1D(_config.intermediateSize, _config.hiddenSize);
  }

  forward(x: Tensor): Tensor {
    return this.cProj.forward(activations[this._config.hiddenAct](this.cFc.forward(x)));
  }
}

/** One block of GPT-2: LayerNorm before attention and before the feed-forward part. */
export class Gpt2Block extends nn.Module {
  static override readonly name: string = "Gpt2Block";
  ln1: nn.LayerNorm;
  attn: Gpt2Attention;
  ln2: nn.LayerNorm;
  mlp: Gpt2Mlp;

  constructor(
    config: Gpt2Config,
    readonly _layer: number,
  ) {
    super();
    this.ln1 = new nn.LayerNorm(config.hiddenSize, config.layerNormEps);
    this.attn = new Gpt2Attention(config, _layer);
    this.ln2 = new nn.LayerNorm(config.hiddenSize, config.layerNormEps);
    this.mlp = new Gpt2Mlp(config);
  }

  get attention(): Gpt2Attention {
    return this.attn;
  }

  /** Norms around attention. */
  get attentionNorms(): { before: nn.LayerNorm; after: null } {
    return { before: this.ln1, after: null };
  }

  /** Norms around the feed-forward part. */
  get mlpNorms(): { before: nn.LayerNorm; after: null } {
    return { before: this.ln2, after: null };
  }

  forward(x: Tensor, context: ForwardContext): Tensor {
    const hook = (name: keyof ModelHooks, value: Tensor) =>
      applyHook(context.hooks, name, this._layer, value);
    const added = hook("attentionOutput", this.attn.forward(this.ln1.forward(x), context));
    const attended = hook("residualMiddle", x.add(added));
    const fed = hook("mlpOutput", this.mlp.forward(this.ln2.forward(attended)));
    return hook("residual", attended.add(fed));
  }
}
