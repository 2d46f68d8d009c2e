import { nn, type Tensor } from "@deepgrain/tensor-gpu";
import { attend } from "./attend";
import type { ForwardContext } from "./forward-context";
import { applyHook } from "./hooks";
import type { Rotary } from "./rotary";

/** Sizes of grouped-query attention. */
export interface AttentionSizes {
  hiddenSize: number;
  heads: number;
  keyValueHeads: number;
  headDim: number;
  hasBias: boolean;
}

/**
 * Attention with rotary positions; query heads may share key heads (GQA), down to one (MQA).
 * @see Vaswani et al. 2017; Ainslie et al. 2023; DeepSeek LLM 2024, section 2.2
 */
export class Attention extends nn.Module {
  qProj: nn.Linear;
  kProj: nn.Linear;
  vProj: nn.Linear;
  oProj: nn.Linear;

  constructor(
    private readonly _layer: number,
    private readonly _sizes: AttentionSizes,
    private readonly _rotary: Rotary,
  ) {
    super();
    const { hiddenSize, heads, keyValueHeads, headDim, hasBias: bias } = _sizes;
    this.qProj = new nn.Linear(hiddenSize, heads * headDim, { bias });
    this.kProj = new nn.Linear(hiddenSize, keyValueHeads * headDim, { bias });
    this.vProj = new nn.Linear(hiddenSize, keyValueHeads * headDim, { bias });
    this.oProj = new nn.Linear(heads * headDim, hiddenSize, { bias });
  }

  /** @param x [batch, seq, hidden] @returns [batch, seq, hidden] */
  forward(x: Tensor, context: ForwardContext): Tensor {
    const { heads, keyValueHeads, headDim } = this._sizes;
    const { positions, positionLimit, cache, hooks, keyMask } = context;
    const [batch, seq] = x.shape as [number, number];
    const layer = this._layer;
    const split = (projected: Tensor, count: number) =>
      projected.reshape([batch, seq, count, headDim]);
    const rotate = (projected: Tensor) => this._rotary.apply(projected, positions, positionLimit);
    const q = applyHook(hooks, "query", layer, rotate(split(this.qProj.forward(x), heads)));
    let k = applyHook(hooks, "key", layer, rotate(split(this.kProj.forward(x), keyValueHeads)));
    let v = applyHook(hooks, "value", layer, split(this.vProj.forward(x), keyValueHeads));
    if (cache) {
      k = cache.append(layer, "key", k);
      v = cache.append(layer, "value", v);
    }
    const out = attend(q, k, v, { scale: headDim ** -0.5, keyMask, hooks, layer });
    return this.oProj.forward(out.reshape([batch, seq, heads * headDim]));
  }
}
