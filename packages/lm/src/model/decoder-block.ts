import { type GatedMlp, MoeLayer } from "@deepgrain/moe";
import { nn, type Tensor } from "@deepgrain/tensor-gpu";
import {
  type FamilyTraits,
  familyTraits,
  isMoeLayer,
  type MixtureModelConfig,
  type ModelConfig,
  type RotaryModelConfig,
} from "../config";
import { Attention, attentionSizes } from "./attention";
import type { ForwardContext } from "./forward-context";
import { applyHook, type ModelHooks } from "./hooks";
import { LatentAttention, latentSizes } from "./latent-attention";
import { gatedMlp } from "./mlp";
import { moeLayerConfig } from "./moe-layer-config";
import { OffsetNorm } from "./offset-norm";
import type { Rotary } from "./rotary";

/** Rotary tables of a model's layers: layers with a window may have a smaller base. */
export interface Rotaries {
  global: Rotary;
  local: Rotary;
}

function attentionFor(
  config: RotaryModelConfig,
  layer: number,
  { global, local }: Rotaries,
): Attention | LatentAttention {
  if ("kvLoraRank" in config) return new LatentAttention(layer, latentSizes(config, layer), global);
  const sizes = attentionSizes(config, layer);
  const rotary = sizes.isLocal ? local : global;
  return new Attention(layer, sizes, sizes.isRotated ? rotary : null);
}

function feedForwardFor(
  config: RotaryModelConfig,
  layer: number,
  { isFused, biases }: FamilyTraits,
): GatedMlp | MoeLayer {
  if (isMoeLayer(config, layer))
    return new MoeLayer(moeLayerConfig(config as MixtureModelConfig & ModelConfig));
  const options = { bias: biases.feedForward, isFused };
  return gatedMlp(config.hiddenSize, config.intermediateSize, config.hiddenAct, options);
}

type Norm = nn.RMSNorm | OffsetNorm;

/** A norm over the width of a rotary decoder. */
export function decoderNorm(config: RotaryModelConfig): Norm {
  const { hiddenSize, rmsNormEps } = config;
  return familyTraits(config).norm === "offset"
    ? new OffsetNorm(hiddenSize, rmsNormEps)
    : new nn.RMSNorm(hiddenSize, rmsNormEps);
}

/**
 * One block: x + attention(norm(x)), then + feed-forward(norm(·)), with norms before each part, after it, or both;
 * Hugging Face's names.
 */
export class DecoderBlock extends nn.Module {
  static override readonly name: string = "DecoderBlock";
  selfAttn: Attention | LatentAttention;
  mlp: GatedMlp | MoeLayer;
  inputLayernorm: Norm | null = null;
  postAttentionLayernorm: Norm;
  preFeedforwardLayernorm: Norm | null = null;
  postFeedforwardLayernorm: Norm | null = null;
  /** Multiplies what each part adds to the residual stream. */
  readonly residualFactor: number;

  constructor(
    config: RotaryModelConfig,
    private readonly _layer: number,
    rotaries: Rotaries,
  ) {
    super();
    const traits = familyTraits(config);
    const norm = () => decoderNorm(config);
    this.residualFactor = traits.residualFactor;
    this.selfAttn = attentionFor(config, _layer, rotaries);
    this.mlp = feedForwardFor(config, _layer, traits);
    if (traits.norms !== "behind") this.inputLayernorm = norm();
    this.postAttentionLayernorm = norm();
    if (traits.norms === "both") this.preFeedforwardLayernorm = norm();
    if (traits.norms !== "before") this.postFeedforwardLayernorm = norm();
  }

  get attention(): Attention | LatentAttention {
    return this.selfAttn;
  }

  /** Norms around attention; null if the family has none. */
  get attentionNorms(): { before: Norm | null; after: Norm | null } {
    const after = this.postFeedforwardLayernorm ? this.postAttentionLayernorm : null;
    return { before: this.inputLayernorm, after };
  }

  /** Norms around the feed-forward part. */
  get mlpNorms(): { before: Norm | null; after: Norm | null } {
    const after = this.postFeedforwardLayernorm;
    return { before: after ? this.preFeedforwardLayernorm : this.postAttentionLayernorm, after };
  }

  /** @param x [batch, seq, hidden] @returns [batch, seq, hidden] */
  forward(x: Tensor, context: ForwardContext): Tensor {
    const hook = (name: keyof ModelHooks, value: Tensor) =>
      applyHook(context.hooks, name, this._layer, value);
    const scaled = (y: Tensor) => (this.residualFactor === 1 ? y : y.mul(this.residualFactor));
    const [around, aroundMlp] = [this.attentionNorms, this.mlpNorms];
    const mixed = this.selfAttn.forward(around.before?.forward(x) ?? x, context);
    const added = hook("attentionOutput", scaled(around.after?.forward(mixed) ?? mixed));
    const attended = hook("residualMiddle", x.add(added));
    const normed = aroundMlp.before?.forward(attended) ?? attended;
    const fed =
      this.mlp instanceof MoeLayer
        ? this.mlp.forward(normed, {
            tokenMask: context.tokenMask,
            auxLossScale: context.auxLossScale,
            onGate: context.onGate,
            gateLoss: context.gateLoss,
          })
        : this.mlp.forward(normed);
    const out = aroundMlp.after?.forward(fed) ?? fed;
    return hook("residual", attended.add(hook("mlpOutput", scaled(out))));
  }
}
