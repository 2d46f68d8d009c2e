import { CompactTensor, linear, nn, type Tensor, zeros } from "@deepgrain/tensor-gpu";
import type { Gpt2Config } from "../config";
import { attend } from "./attend";
import type { ForwardContext } from "./forward-context";
import { applyHook, type ModelHooks } from "./hooks";
import { activations } from "./mlp";

/**
 * An empty quantised weight, stored so that each row of a product is contiguous; null for a type that is not quantised.
 */
function blankTransposed(outFeatures: number, inFeatures: number): Tensor | null {
  const rows = nn.blankWeight([outFeatures, inFeatures]);
  if (!(rows instanceof CompactTensor)) {
    rows?.dispose();
    return null;
  }
  const weight = rows.transpose();
  rows.dispose();
  return weight;
}

/** GPT-2's linear layer, stored as [in, out]; zeros until the model draws or loads its weights. */
export class Conv1D extends nn.Module {
  weight: Tensor;
  bias: Tensor;

  constructor(inFeatures: number, outFeatures: number) {
    super();
    this.weight =
      blankTransposed(outFeatures, inFeatures) ?? nn.parameter(zeros([inFeatures, outFeatures]));
    this.bias = nn.parameter(zeros([outFeatures]));
  }

  forward(x: Tensor): Tensor {
    return linear(x, this.weight.transpose(), this.bias);
  }
}

export class Gpt2Attention extends nn.Module {
  cAttn: Conv1D;
  cProj: Conv1D;

  constructor(
    readonly _config: Gpt2Config,
    readonly _layer: number,
  ) {
    super();
    const { hiddenSize } = _config;
    this.cAttn = new Conv1D(hiddenSize, 3 * hiddenSize);
    this.cProj = new Conv1D(hiddenSize, hiddenSize);
  }

  /** Scale of the scores. */
  get scale(): number {
    const { hiddenSize, numAttentionHeads, scaleAttnWeights, scaleAttnByInverseLayerIdx } =
      this._config;
    return (
      (scaleAttnWeights ? (hiddenSize / numAttentionHeads) ** -0.5 : 1) /
      (scaleAttnByInverseLayerIdx ? this._layer + 1 : 1)
    );
  }

  forward(x: Tensor, { cache, hooks, keyMask, segments }: ForwardContext): Tensor {
    const { hiddenSize, numAttentionHeads: heads } = this._config;
    const { scale } = this;
    const [batch, seq] = x.shape as [number, number];
    const layer = this._layer;
    const parts = this.cAttn.forward(x).chunk(3);
    const [query, key, value] = parts.map((part) =>
      part.reshape([batch, seq, heads, hiddenSize / heads]),
    ) as [Tensor, Tensor, Tensor];
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

  forward(x: Tensor, context: ForwardContext): Tensor {
    const hook = (name: keyof ModelHooks, value: Tensor) =>
      applyHook(context.hooks, name, this._layer, value);
    const added = hook("attentionOutput", this.attn.forward(this.ln1.forward(x), context));
    const attended = hook("residualMiddle", x.add(added));
    const fed = hook("mlpOutput", this.mlp.forward(this.ln2.forward(attended)));
    return hook("residual", attended.add(fed));
  }
}
