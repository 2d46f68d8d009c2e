import { nn, type Tensor } from "@deepgrain/tensor-gpu";
import { attend } from "./attend";
import type { ForwardContext } from "./forward-context";
import { applyHook } from "./hooks";
import { OffsetNorm } from "./offset-norm";
import type { Rotary } from "./rotary";

/** Sizes of grouped-query attention, and the settings that differ between families. */
export interface AttentionSizes {
  hiddenSize: number;
  heads: number;
  keyValueHeads: number;
  headDim: number;
  /** Biases of q, k and v, and of the output. */
  biases: { qkv: boolean; output: boolean };
  /** Scale of the scores. */
  scale: number;
  /** Number of keys that a query attends to, its own included; 0: all previous ones. */
  window: number;
  /** Scores are cap · tanh(score / cap); 0: no cap. */
  cap: number;
  /** Queries and keys normalised per head, over their full width, or not. */
  qkNorm: "head" | "full" | null;
  /** Whether norms multiply by 1 + weight. */
  hasOffsetNorms: boolean;
  /** Whether q, k and v are one projection. */
  isFused: boolean;
  rmsNormEps: number;
}

function headNorm(sizes: AttentionSizes, heads: number): nn.RMSNorm | OffsetNorm | null {
  const { qkNorm, headDim, rmsNormEps, hasOffsetNorms } = sizes;
  if (!qkNorm) return null;
  const size = qkNorm === "full" ? heads * headDim : headDim;
  return hasOffsetNorms ? new OffsetNorm(size, rmsNormEps) : new nn.RMSNorm(size, rmsNormEps);
}

/**
 * Attention with rotary positions; query heads may share key heads (GQA), down to one (MQA).
 * @see Vaswani et al. 2017; Ainslie et al. 2023; DeepSeek LLM 2024, section 2.2
 */
export class Attention extends nn.Module {
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
    readonly _rotary: Rotary,
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
    const rotate = (projected: Tensor) => this._rotary.apply(projected, positions, positionLimit);
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
