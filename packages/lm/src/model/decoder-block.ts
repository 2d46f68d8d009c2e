import { MoeLayer } from "@deepgrain/moe";
import { nn, type Tensor } from "@deepgrain/tensor-gpu";
import {
  isMoeLayer,
  type ModelConfig,
  type MoeConfig,
  ropeFrequencies,
  rotarySize,
} from "../config";
import { Attention } from "./attention";
import type { ForwardContext } from "./forward-context";
import { applyHook, type ModelHooks } from "./hooks";
import { LatentAttention } from "./latent-attention";
import { GatedMlp } from "./mlp";
import { moeLayerConfig } from "./moe-layer-config";
import type { Rotary } from "./rotary";

type RotaryModelConfig = Exclude<ModelConfig, { modelType: "gpt2" }>;

function attentionFor(
  config: RotaryModelConfig,
  layer: number,
  rotary: Rotary,
): Attention | LatentAttention {
  const { hiddenSize, numAttentionHeads: heads, attentionBias: hasBias } = config;
  if (config.modelType === "llama" || config.modelType === "deepseek") {
    const headDim = rotarySize(config);
    return new Attention(
      layer,
      {
        ...{ hiddenSize, heads, keyValueHeads: config.numKeyValueHeads, headDim },
        ...{ biases: { qkv: hasBias, output: hasBias }, scale: headDim ** -0.5, window: 0, cap: 0 },
        ...{ qkNorm: null, hasOffsetNorms: false, isFused: false, rmsNormEps: config.rmsNormEps },
      },
      rotary,
    );
  }
  const { qLoraRank, kvLoraRank, qkNopeHeadDim, qkRopeHeadDim, vHeadDim, rmsNormEps } = config;
  const scale = ropeFrequencies(config).softmaxMscale / Math.sqrt(qkNopeHeadDim + qkRopeHeadDim);
  const sizes = {
    hiddenSize,
    heads,
    qLoraRank,
    kvLoraRank,
    qkNopeHeadDim,
    qkRopeHeadDim,
    vHeadDim,
    hasBias,
    rmsNormEps,
    scale,
  };
  return new LatentAttention(layer, sizes, rotary);
}

function feedForwardFor(config: RotaryModelConfig, layer: number): GatedMlp | MoeLayer {
  if (config.modelType !== "llama" && isMoeLayer(config, layer))
    return new MoeLayer(moeLayerConfig(config as MoeConfig & ModelConfig));
  const bias = config.modelType === "llama" && config.mlpBias;
  return new GatedMlp(config.hiddenSize, config.intermediateSize, config.hiddenAct, { bias });
}

/** One pre-norm block: x + attention(norm(x)), then + feed-forward(norm(·)); Hugging Face's names. */
export class DecoderBlock extends nn.Module {
  selfAttn: Attention | LatentAttention;
  mlp: GatedMlp | MoeLayer;
  inputLayernorm: nn.RMSNorm;
  postAttentionLayernorm: nn.RMSNorm;

  constructor(
    config: RotaryModelConfig,
    readonly _layer: number,
    rotary: Rotary,
  ) {
    super();
    this.selfAttn = attentionFor(config, _layer, rotary);
    this.mlp = feedForwardFor(config, _layer);
    this.inputLayernorm = new nn.RMSNorm(config.hiddenSize, config.rmsNormEps);
    this.postAttentionLayernorm = new nn.RMSNorm(config.hiddenSize, config.rmsNormEps);
  }

  /** Norms around attention; null where the family has none. */
  get attentionNorms() {
    return { before: this.inputLayernorm, after: null };
  }

  /** Norms around the feed-forward part. */
  get mlpNorms() {
    return { before: this.postAttentionLayernorm, after: null };
  }

  /** @param x [batch, seq, hidden] @returns [batch, seq, hidden] */
  forward(x: Tensor, context: ForwardContext): Tensor {
    const hook = (name: keyof ModelHooks, value: Tensor) =>
      applyHook(context.hooks, name, this._layer, value);
    const added = hook(
      "attentionOutput",
      this.selfAttn.forward(this.inputLayernorm.forward(x), context),
    );
    const attended = hook("residualMiddle", x.add(added));
    const normed = this.postAttentionLayernorm.forward(attended);
    const fed =
      this.mlp instanceof MoeLayer
        ? this.mlp.forward(normed, { tokenMask: context.tokenMask })
        : this.mlp.forward(normed);
    return hook("residual", attended.add(hook("mlpOutput", fed)));
  }
}
