import { cat, matmul, nn, type Tensor } from "@deepgrain/tensor-gpu";
import { familyTraits, layerTraits, type RotaryModelConfig } from "../config";
import { attend } from "./attend";
import type { ForwardContext } from "./forward-context";
import { applyHook } from "./hooks";
import type { Rotary } from "./rotary";

/** Sizes of multi-head latent attention, with the names of DeepSeek's configuration. */
export interface LatentSizes {
  hiddenSize: number;
  heads: number;
  /** Width of the compressed query, or null for a plain projection (V2-Lite). */
  qLoraRank: number | null;
  kvLoraRank: number;
  qkNopeHeadDim: number;
  qkRopeHeadDim: number;
  vHeadDim: number;
  hasBias: boolean;
  rmsNormEps: number;
  /** (nope + rope)^−½, times mscale² under YaRN. */
  scale: number;
}

/** The sizes of a layer of latent attention. */
export function latentSizes(
  config: Extract<RotaryModelConfig, { kvLoraRank: number }>,
  layer: number,
): LatentSizes {
  const { hiddenSize, numAttentionHeads: heads, rmsNormEps } = config;
  const { qLoraRank, kvLoraRank, qkNopeHeadDim, qkRopeHeadDim, vHeadDim } = config;
  return {
    hiddenSize,
    heads,
    qLoraRank,
    kvLoraRank,
    qkNopeHeadDim,
    qkRopeHeadDim,
    vHeadDim,
    hasBias: familyTraits(config).biases.qkv,
    rmsNormEps,
    scale: layerTraits(config, layer).scale,
  };
}

/**
 * Multi-head latent attention: keys and values are rebuilt from one small latent per token, and only that latent and
 * one rotated key are cached. With a cache, the up-projections are absorbed into queries and outputs, so that attention
 * runs directly on the latents.
 *
 * @see DeepSeek-V2 2024, section 2.1 and equations 37 to 47
 */
export class LatentAttention extends nn.Module {
  static override readonly name: string = "LatentAttention";
  qProj: nn.Linear | null = null;
  qAProj: nn.Linear | null = null;
  qALayernorm: nn.RMSNorm | null = null;
  qBProj: nn.Linear | null = null;
  kvAProjWithMqa: nn.Linear;
  kvALayernorm: nn.RMSNorm;
  kvBProj: nn.Linear;
  oProj: nn.Linear;

  constructor(
    readonly _layer: number,
    readonly _sizes: LatentSizes,
    readonly _rotary: Rotary,
  ) {
    super();
    const {
      hiddenSize,
      heads,
      qLoraRank,
      kvLoraRank,
      qkNopeHeadDim,
      qkRopeHeadDim,
      vHeadDim,
      hasBias,
      rmsNormEps,
    } = _sizes;
    const queryWidth = heads * (qkNopeHeadDim + qkRopeHeadDim);
    if (qLoraRank === null) this.qProj = new nn.Linear(hiddenSize, queryWidth, { bias: false });
    else {
      this.qAProj = new nn.Linear(hiddenSize, qLoraRank, { bias: hasBias });
      this.qALayernorm = new nn.RMSNorm(qLoraRank, rmsNormEps);
      this.qBProj = new nn.Linear(qLoraRank, queryWidth, { bias: false });
    }
    this.kvAProjWithMqa = new nn.Linear(hiddenSize, kvLoraRank + qkRopeHeadDim, { bias: hasBias });
    this.kvALayernorm = new nn.RMSNorm(kvLoraRank, rmsNormEps);
    this.kvBProj = new nn.Linear(kvLoraRank, heads * (qkNopeHeadDim + vHeadDim), {
      bias: false,
      staysFloat32: true, // attention on the latents reads it along both axes
    });
    this.oProj = new nn.Linear(heads * vHeadDim, hiddenSize, { bias: hasBias });
  }

  /** @param x [batch, seq, hidden] @returns [batch, seq, hidden] */
  forward(x: Tensor, context: ForwardContext): Tensor {
    const { heads, kvLoraRank, qkRopeHeadDim, vHeadDim } = this._sizes;
    const { positions, positionLimit, cache } = context;
    const [batch, seq] = x.shape as [number, number];
    const rotate = (heads: Tensor) => this._rotary.apply(heads, positions, positionLimit);
    const { queryNope, queryRope } = this.queries(x);
    const [compressed, rotary] = this.kvAProjWithMqa
      .forward(x)
      .split([kvLoraRank, qkRopeHeadDim]) as [Tensor, Tensor];
    const latent = this.kvALayernorm.forward(compressed);
    const keyRope = rotate(rotary.reshape([batch, seq, 1, qkRopeHeadDim]));
    const heading = { queryNope, queryRope: rotate(queryRope), latent, keyRope };
    const out =
      cache && cache.length > 0 && context.latentAttention === "absorbed" && this.canAbsorb(context)
        ? this.absorbed(heading, context)
        : this.expanded(heading, context);
    return this.oProj.forward(out.reshape([batch, seq, heads * vHeadDim]));
  }

  /** Hooks on single heads, and adapters of the up-projection, need expanded keys and values. */
  private canAbsorb(context: ForwardContext): boolean {
    return !needsHeads(context) && !Object.hasOwn(this.kvBProj, "forward");
  }

  /** Heads of queries, [batch, seq, heads, size] each. */
  queries(x: Tensor): { queryNope: Tensor; queryRope: Tensor } {
    const { heads, qkNopeHeadDim, qkRopeHeadDim } = this._sizes;
    const q = this.qProj
      ? this.qProj.forward(x)
      : this.qBProj!.forward(this.qALayernorm!.forward(this.qAProj!.forward(x)));
    const [queryNope, queryRope] = q
      .reshape([x.shape[0]!, x.shape[1]!, heads, qkNopeHeadDim + qkRopeHeadDim])
      .split([qkNopeHeadDim, qkRopeHeadDim]) as [Tensor, Tensor];
    return { queryNope, queryRope };
  }

  /** Latents and rotated keys of all tokens so far, as one shared head [batch, keys, 1, rank + rope]. */
  private remember({ latent, keyRope }: Heads, { cache }: ForwardContext): Tensor {
    const joint = cat([latent.unsqueeze(2), keyRope], -1);
    return cache ? cache.append(this._layer, "latent", joint) : joint;
  }

  private expanded(parts: Heads, context: ForwardContext): Tensor {
    const { heads, kvLoraRank, qkNopeHeadDim, qkRopeHeadDim, vHeadDim, scale } = this._sizes;
    const { hooks, keyMask, segments } = context;
    const layer = this._layer;
    const joint = this.remember(parts, context);
    const [batch, keys] = joint.shape as [number, number];
    const [latent, keyRope] = joint.split([kvLoraRank, qkRopeHeadDim]) as [Tensor, Tensor];
    const [keyNope, values] = this.kvBProj
      .forward(latent.reshape([batch, keys, kvLoraRank]))
      .reshape([batch, keys, heads, qkNopeHeadDim + vHeadDim])
      .split([qkNopeHeadDim, vHeadDim]) as [Tensor, Tensor];
    const q = applyHook(hooks, "query", layer, cat([parts.queryNope, parts.queryRope], -1));
    const k = applyHook(
      hooks,
      "key",
      layer,
      cat([keyNope, keyRope.expand([batch, keys, heads, qkRopeHeadDim])], -1),
    );
    const v = applyHook(hooks, "value", layer, values);
    return attend(q, k, v, { scale, keyMask, segments, hooks, layer });
  }

  /** Scores on the latents: q̃ = U_Kᵀ·q, o = U_V·Σ p·latent. */
  private absorbed(parts: Heads, context: ForwardContext): Tensor {
    const { heads, kvLoraRank, qkNopeHeadDim, vHeadDim, scale } = this._sizes;
    const joint = this.remember(parts, context);
    const [keyUp, valueUp] = this.kvBProj.weight
      .reshape([heads, qkNopeHeadDim + vHeadDim, kvLoraRank])
      .split([qkNopeHeadDim, vHeadDim], 1) as [Tensor, Tensor];
    // [batch, heads, seq, nope]·[heads, nope, rank] -> [batch, seq, heads, rank]
    const lifted = matmul(parts.queryNope.transpose(1, 2), keyUp).transpose(1, 2);
    const q = cat([lifted, parts.queryRope], -1);
    const mixed = attend(q, joint, joint.narrow(-1, 0, kvLoraRank), {
      scale,
      keyMask: context.keyMask,
      segments: context.segments,
      hooks: undefined,
      layer: this._layer,
    });
    return matmul(mixed.transpose(1, 2), valueUp.transpose(-1, -2)).transpose(1, 2);
  }
}

interface Heads {
  queryNope: Tensor;
  queryRope: Tensor;
  latent: Tensor;
  keyRope: Tensor;
}

/** Hooks on single heads need expanded keys and values. */
const needsHeads = ({ hooks }: ForwardContext): boolean =>
  Boolean(
    hooks?.query ||
      hooks?.key ||
      hooks?.value ||
      hooks?.scores ||
      hooks?.pattern ||
      hooks?.headOutput,
  );
