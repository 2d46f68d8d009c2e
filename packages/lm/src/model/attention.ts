import { nn, type Tensor } from "@deepgrain/tensor-gpu";
import {
  type FamilyTraits,
  familyTraits,
  headSize,
  type LayerTraits,
  layerTraits,
  type ModelConfig,
} from "../config";
import { attend } from "./attend";
import type { Conv1D } from "./conv-1d";
import type { ForwardContext } from "./forward-context";
import { applyHook } from "./hooks";
import { OffsetNorm } from "./offset-norm";
import type { Rotary } from "./rotary";

/** Sizes of one layer's heads, and the traits of its family and of the layer. */
export interface AttentionSizes
  extends LayerTraits,
    Pick<FamilyTraits, "biases" | "qkNorm" | "norm" | "isFused"> {
  hiddenSize: number;
  heads: number;
  keyValueHeads: number;
  headDim: number;
  /** Added under the root of the norms of queries and keys; NaN if the family has none. */
  rmsNormEps: number;
}

/** The sizes of a layer with heads of keys and values. */
export function attentionSizes(config: ModelConfig, layer: number): AttentionSizes {
  const { hiddenSize, numAttentionHeads: heads } = config;
  const { biases, qkNorm, norm, isFused } = familyTraits(config);
  const isGpt2 = config.modelType === "gpt2";
  return {
    hiddenSize,
    heads,
    keyValueHeads: isGpt2 ? heads : config.numKeyValueHeads,
    headDim: isGpt2 ? hiddenSize / heads : headSize(config),
    rmsNormEps: isGpt2 ? Number.NaN : config.rmsNormEps,
    biases,
    qkNorm,
    norm,
    isFused,
    ...layerTraits(config, layer),
  };
}

/** An attention layer with heads, of any family: either `qkvProj` or the other three are its projections. */
export interface HeadAttention extends nn.Module {
  readonly _layer: number;
  readonly _sizes: AttentionSizes;
  /** Null if positions are learned, or the layer has none. */
  readonly _rotary: Rotary | null;
  readonly qkvProj: nn.Linear | Conv1D | null;
  readonly qProj: nn.Linear | null;
  readonly kProj: nn.Linear | null;
  readonly vProj: nn.Linear | null;
  readonly oProj: nn.Linear | Conv1D;
  readonly qNorm: nn.RMSNorm | OffsetNorm | null;
  readonly kNorm: nn.RMSNorm | OffsetNorm | null;
}

function headNorm(sizes: AttentionSizes, heads: number): nn.RMSNorm | OffsetNorm | null {
  const { qkNorm, headDim, rmsNormEps, norm } = sizes;
  if (!qkNorm) return null;
  const size = qkNorm === "full" ? heads * headDim : headDim;
  return norm === "offset" ? new OffsetNorm(size, rmsNormEps) : new nn.RMSNorm(size, rmsNormEps);
}

/**
 * Attention with rotary positions; query heads may share key heads (GQA), down to one (MQA).
 * @see Vaswani et al. 2017; Ainslie et al. 2023; DeepSeek LLM 2024, section 2.2
 */
export class Attention extends nn.Module implements HeadAttention {
  static override readonly name: string = "Attention";
  qProj: nn.Linear | null = null;
  kProj: nn.Linear | null = null;
  vProj: nn.Linear | null = null;
  qkvProj: nn.Linear | null = null;
  oProj: nn.Linear;
  qNorm: nn.RMSNorm | OffsetNorm | null;
  kNorm: nn.RMSNorm | OffsetNorm | null;

  constructor(
    readonly _layer: number,
    readonly _sizes: AttentionSizes,
    readonly _rotary: Rotary | null,
  ) {
    super();
    const { hiddenSize, heads, keyValueHeads, headDim, biases, isFused } = _sizes;
    const project = (count: number) =>
      new nn.Linear(hiddenSize, count * headDim, { bias: biases.qkv });
    if (isFused) this.qkvProj = project(heads + 2 * keyValueHeads);
    else {
      this.qProj = project(heads);
      this.kProj = project(keyValueHeads);
      this.vProj = project(keyValueHeads);
    }
    this.oProj = new nn.Linear(heads * headDim, hiddenSize, { bias: biases.output });
    this.qNorm = headNorm(_sizes, heads);
    this.kNorm = headNorm(_sizes, keyValueHeads);
  }

  /** @param x [batch, seq, hidden] @returns [batch, seq, hidden] */
  forward(x: Tensor, context: ForwardContext): Tensor {
    const { heads, keyValueHeads, headDim, scale, window, cap } = this._sizes;
    const { positions, positionLimit, cache, hooks, keyMask, segments } = context;
    const [batch, seq] = x.shape as [number, number];
    const layer = this._layer;
    const split = (projected: Tensor, count: number) =>
      projected.reshape([batch, seq, count, headDim]);
    const rotate = (projected: Tensor) =>
      this._rotary?.apply(projected, positions, positionLimit) ?? projected;
    const [query, key, value] = this.project(x);
    const q = applyHook(hooks, "query", layer, rotate(split(query, heads)));
    let k = applyHook(hooks, "key", layer, rotate(split(key, keyValueHeads)));
    let v = applyHook(hooks, "value", layer, split(value, keyValueHeads));
    if (cache) {
      k = cache.append(layer, "key", k);
      v = cache.append(layer, "value", v);
    }
    const out = attend(q, k, v, { scale, window, cap, keyMask, segments, hooks, layer });
    return this.oProj.forward(out.reshape([batch, seq, heads * headDim]));
  }

  /** Queries, keys and values of all heads, normalised if the family does so. */
  private project(x: Tensor): [Tensor, Tensor, Tensor] {
    const { heads, keyValueHeads, headDim } = this._sizes;
    const [q, k, v] = this.qkvProj
      ? this.qkvProj.forward(x).split([heads, keyValueHeads, keyValueHeads].map((n) => n * headDim))
      : [this.qProj!, this.kProj!, this.vProj!].map((layer) => layer.forward(x));
    return [this.normed(q!, this.qNorm), this.normed(k!, this.kNorm), v!];
  }

  private normed(x: Tensor, norm: nn.RMSNorm | OffsetNorm | null): Tensor {
    if (!norm) return x;
    if (this._sizes.qkNorm === "full") return norm.forward(x);
    return norm.forward(x.reshape([-1, this._sizes.headDim])).reshape(x.shape);
  }
}
