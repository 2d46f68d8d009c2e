import { MoeLayer } from "@deepgrain/moe";
import {
  crossEntropy,
  defaultGenerator,
  type Generator,
  linear,
  linearCrossEntropy,
  nn,
  type Tensor,
  tensor,
} from "@deepgrain/tensor-gpu";
import { familyTraits, longestShort, type ModelConfig } from "../config";
import { LmError, optionsOf, refuseUnknown } from "../errors";
import type { EmbeddingSettings } from "../files/embedding-settings";
import { checkpointedBlock } from "./checkpointed-block";
import { Decoder, Gpt2Decoder } from "./decoders";
import type { ForwardContext, LatentMode } from "./forward-context";
import { type ForwardOptions, forwardOptions } from "./forward-options";
import { applyHook } from "./hooks";
import { initializeWeights } from "./initialize-weights";
import { jointBalance } from "./joint-balance";
import { causalTargets, positionsOf } from "./positions";
import type { LabelledBatch } from "./token-batch";
import { viewsOf } from "./weight-views";

/** Maximum number of logits that are computed at once; larger batches are computed in chunks. */
export const LARGEST_LOGITS = 24 * 2 ** 20;

/** Cached keys stay as they were rotated, so they cannot be continued past LongRoPE's trained length. */
function checkCachedRotation(config: ModelConfig, cached: number, length: number): void {
  const limit = longestShort(config);
  if (cached === 0 || cached > limit || length <= limit) return;
  throw new LmError(
    "ERR_STATE",
    `lm/CausalLM: the cache holds ${cached} tokens with the short factors of LongRoPE, but ${length} tokens need the long ones (above ${limit}); read the whole text with a new cache`,
    { fields: { cached, length, longestShort: limit } },
  );
}

/**
 * A decoder language model in a Hugging Face layout: Llama, GPT-2, DeepSeek V1, V2 or V3, as its configuration says.
 * New models have random weights; `loadModel` fills them from a folder.
 */
export class CausalLM extends nn.Module {
  static override readonly name: string = "CausalLM";
  model: Decoder | null = null;
  transformer: Gpt2Decoder | null = null;
  lmHead: nn.Linear | null;
  /**
   * During training, keeps only the residual stream between blocks; the backward pass runs each block again. This takes
   * about a third more time and a small part of the memory. Not with a cache or hooks, which have no backward pass.
   * Default false.
   */
  gradientCheckpointing = false;
  /**
   * How multi-head latent attention decodes: `absorbed` reads the cached latents directly; `naive` rebuilds keys and values of
   * all heads, and generation caches these. Same results within rounding; it is there to compare. Set it before generating.
   * Default `"absorbed"`.
   */
  latentAttention: LatentMode = "absorbed";
  /** Weights of the files it was loaded from that belong to other parts, such as a vision tower. Default none. */
  leftOut: readonly string[] = [];
  /** How the publisher makes one vector of a text, where a loader found it. */
  embedding: EmbeddingSettings | null = null;
  private _views: ReadonlyMap<string, Tensor> | undefined;

  /**
   * @param config from `parseConfig`
   * @param options.generator draws the initial weights (default: the package's generator); null leaves them undefined,
   *   for a loader
   * @throws {LmError} `ERR_CONFIG` for the JSON of a configuration that was not parsed
   */
  constructor(
    readonly config: ModelConfig,
    options: { generator?: Generator | null | undefined } = {},
  ) {
    const { generator, ...rest } = optionsOf("CausalLM", options);
    refuseUnknown("CausalLM", rest);
    if (typeof config?.modelType !== "string")
      throw new LmError(
        "ERR_CONFIG",
        "lm/CausalLM: config must come from parseConfig: new CausalLM(parseConfig(json))",
        { fields: { config } },
      );
    super();
    if (config.modelType === "gpt2") this.transformer = new Gpt2Decoder(config);
    else this.model = new Decoder(config);
    this.lmHead = config.tieWordEmbeddings
      ? null
      : new nn.Linear(config.hiddenSize, config.vocabSize, { bias: false });
    for (const [layer, moe] of this.moeLayers)
      moe.name = `model.layers.${layer}.${familyTraits(config).experts.layer}`;
    if (generator !== null)
      initializeWeights(this.weightViews, config, generator ?? defaultGenerator);
  }

  get decoder(): Decoder | Gpt2Decoder {
    return this.model ?? this.transformer!;
  }

  /** The mixture-of-experts layers by block number. */
  get moeLayers(): ReadonlyMap<number, MoeLayer> {
    const layers = this.model?.layers ?? [];
    return new Map(
      layers.flatMap(({ mlp }, layer) => (mlp instanceof MoeLayer ? [[layer, mlp]] : [])),
    );
  }

  /**
   * The weights under Hugging Face's names, as views: writing to one writes to the model. Stacked experts appear one by
   * one; attached LoRA factors do not. The views live as long as the model.
   */
  get weightViews(): ReadonlyMap<string, Tensor> {
    this._views ??= viewsOf(this.namedTensors(), this.moeLayers, familyTraits(this.config).experts);
    return this._views;
  }

  /**
   * The logits of the next token at every position.
   * @returns [batch, length, vocabulary]
   * @throws {LmError} `ERR_SHAPE` for a batch or mask of the wrong size, `ERR_RANGE` past the longest position,
   *   `ERR_STATE` for segments together with a cache, or a cache that LongRoPE's trained length ends
   */
  forward(tokens: LabelledBatch, options: ForwardOptions = {}): Tensor {
    return this.head(this.hiddenStates(tokens, forwardOptions("forward", tokens, options)));
  }

  /** The final hidden states, after the last norm: [batch, length, hidden]. */
  hiddenStates(tokens: LabelledBatch, options: ForwardOptions = {}): Tensor {
    const {
      attentionMask,
      positions: places,
      ...pass
    } = forwardOptions("hiddenStates", tokens, options);
    const { cache, hooks, onGate, gateLoss, auxLossScale } = pass;
    const { ids, batch, length } = tokens;
    if (ids.length !== batch * length)
      throw new LmError(
        "ERR_SHAPE",
        `lm/CausalLM: ${batch}×${length} tokens need ${batch * length} ids, got ${ids.length}`,
      );
    const { positions, positionLimit, keyMask, tokenMask, segments } = positionsOf(tokens, {
      attentionMask,
      places,
      cache,
    });
    if (cache) checkCachedRotation(this.config, cache.length, positionLimit);
    const context: ForwardContext = {
      positions,
      positionLimit,
      keyMask,
      tokenMask,
      segments,
      auxLossScale,
      latentAttention: this.latentAttention,
      cache: cache ?? null,
      hooks,
      onGate,
      gateLoss,
    };
    const input = tensor(Int32Array.from(ids), { shape: [batch, length] });
    let x = applyHook(hooks, "residual", -1, this.decoder.embed(input, positions));
    const isCheckpointed = this.gradientCheckpointing && !cache && !hooks;
    for (const block of this.decoder.blocks)
      x = isCheckpointed ? checkpointedBlock(block, x, context) : block.forward(x, context);
    cache?.advance(length);
    return this.finalNorm(x);
  }

  /** Only the norm after the last block: residual stream [..., hidden] to hidden states [..., hidden]. */
  finalNorm(x: Tensor): Tensor {
    return this.decoder.finish(x);
  }

  /** Only the output head: hidden states [..., hidden] to logits [..., vocabulary]. */
  head(hidden: Tensor): Tensor {
    const logits = this.lmHead
      ? this.lmHead.forward(hidden)
      : linear(hidden, this.decoder.tokenEmbedding);
    const { logitCap: cap, logitDivisor } = this;
    const divided = logitDivisor === 1 ? logits : logits.div(logitDivisor);
    return cap > 0 ? divided.div(cap).tanh().mul(cap) : divided;
  }

  /**
   * The mean cross-entropy of predicting each label from the tokens before it.
   * @param given.labels [batch, length]; −100 is ignored. Default: the batch's, else the ids, −100 where masked
   */
  loss(
    tokens: LabelledBatch,
    given: ForwardOptions & { labels?: ArrayLike<number> | undefined } = {},
  ): Tensor {
    const { labels = tokens.labels, ...own } = optionsOf("loss", given);
    const options = forwardOptions("loss", tokens, own);
    const { attentionMask } = options;
    const targets = causalTargets(tokens, labels, attentionMask);
    const { config } = this;
    if (!("outputRouterLogits" in config && config.outputRouterLogits))
      return this.headLoss(this.hiddenStates(tokens, options), targets);
    const { onGate, gateLoss, loss } = jointBalance(attentionMask, {
      isCheckpointed: this.gradientCheckpointing && !options.hooks,
    });
    const hidden = this.hiddenStates(tokens, { ...options, onGate, gateLoss });
    return this.headLoss(hidden, targets).add(loss(hidden).mul(config.auxLossAlpha));
  }

  /** Cross-entropy of the head's logits, in chunks where they would be very large. */
  private headLoss(hidden: Tensor, targets: Tensor): Tensor {
    const { vocabSize } = this.config;
    const weight = this.lmHead?.weight ?? this.decoder.tokenEmbedding;
    const isPlain =
      this.logitCap === 0 &&
      this.logitDivisor === 1 &&
      !(this.lmHead && Object.hasOwn(this.lmHead, "forward"));
    const isSmall = targets.size * vocabSize <= LARGEST_LOGITS;
    if (!isPlain || isSmall || weight.dtype !== "float32")
      return crossEntropy(this.head(hidden), targets);
    return linearCrossEntropy(hidden, weight, targets);
  }

  /** Logits are cap · tanh(logit / cap); 0: no cap. */
  get logitCap(): number {
    return familyTraits(this.config).logitCap;
  }

  /** Divides the logits. */
  get logitDivisor(): number {
    return familyTraits(this.config).logitDivisor;
  }

  /** Names of the weights as in a Hugging Face file, in order. */
  weightNames(): string[] {
    return [...this.weightViews.keys()];
  }

  /** A copy of one weight. @throws {LmError} `ERR_MISSING` for an unknown name */
  async readWeight(name: string): Promise<{ shape: readonly number[]; data: Float32Array }> {
    const view = this.weight(name);
    return { shape: view.shape, data: (await view.data()) as Float32Array };
  }

  /** Overwrites one weight. @throws {LmError} `ERR_MISSING` for an unknown name, `ERR_SHAPE` for another size */
  writeWeight(name: string, data: Float32Array): void {
    const view = this.weight(name);
    if (data.length !== view.size)
      throw new LmError(
        "ERR_SHAPE",
        `lm/writeWeight: ${name} has ${view.size} elements, got ${data.length}`,
        { fields: { name } },
      );
    view.set(data);
  }

  override dispose(): void {
    for (const view of this._views?.values() ?? []) view.dispose();
    this._views = undefined;
    super.dispose();
  }

  private weight(name: string): Tensor {
    const view = this.weightViews.get(name);
    if (!view)
      throw new LmError("ERR_MISSING", `lm: the model has no weight named ${name}`, {
        fields: { name },
      });
    return view;
  }
}
