import { MoeLayer } from "@deepgrain/moe";
import {
  crossEntropy,
  defaultGenerator,
  type Generator,
  linear,
  nn,
  type Tensor,
  tensor,
} from "@deepgrain/tensor-gpu";
import type { Gpt2Config, ModelConfig } from "../config";
import { LmError } from "../errors";
import { DecoderBlock } from "./decoder-block";
import type { ForwardContext } from "./forward-context";
import { Gpt2Block } from "./gpt2";
import { applyHook, type ModelHooks } from "./hooks";
import { initializeWeights } from "./initialize-weights";
import type { KvCache } from "./kv-cache";
import { causalTargets, positionsOf } from "./positions";
import { Rotary } from "./rotary";
import type { LabelledBatch } from "./token-batch";
import { viewsOf } from "./weight-views";

/** Options of a forward pass. */
export interface ForwardOptions {
  /** 1 for tokens that count, 0 for padding, [batch, cached + seq]; default: the batch's, else all count. */
  attentionMask?: ArrayLike<number>;
  /** Position of each new token, [batch, seq], whole numbers from 0; default: counted from the mask or the cache. */
  positions?: ArrayLike<number>;
  /** Keys and values of earlier tokens; the new ones are added to it. */
  cache?: KvCache;
  /** Functions that read or replace tensors inside the blocks; `scores` and `pattern` slow attention down. */
  hooks?: ModelHooks;
}

export class Decoder extends nn.Module {
  embedTokens: nn.Embedding;
  layers: DecoderBlock[];
  norm: nn.RMSNorm;
  readonly _rotary: Rotary;
  /** Multiplies the embeddings. */
  readonly embeddingFactor: number = 1;

  constructor(config: Exclude<ModelConfig, { modelType: "gpt2" }>) {
    super();
    const rotary = new Rotary(config);
    this._rotary = rotary;
    this.embedTokens = new nn.Embedding(config.vocabSize, config.hiddenSize);
    this.layers = Array.from(
      { length: config.numHiddenLayers },
      (_, layer) => new DecoderBlock(config, layer, rotary),
    );
    this.norm = new nn.RMSNorm(config.hiddenSize, config.rmsNormEps);
  }

  embed(ids: Tensor): Tensor {
    return this.embedTokens.forward(ids);
  }

  get blocks(): readonly DecoderBlock[] {
    return this.layers;
  }

  get tokenEmbedding(): Tensor {
    return this.embedTokens.weight;
  }

  get finalNorm(): nn.RMSNorm {
    return this.norm;
  }

  finish(x: Tensor): Tensor {
    return this.norm.forward(x);
  }

  override dispose(): void {
    this._rotary.dispose();
    super.dispose();
  }
}

export class Gpt2Decoder extends nn.Module {
  wte: nn.Embedding;
  wpe: nn.Embedding;
  h: Gpt2Block[];
  lnF: nn.LayerNorm;

  constructor(config: Gpt2Config) {
    super();
    this.wte = new nn.Embedding(config.vocabSize, config.hiddenSize);
    this.wpe = new nn.Embedding(config.maxPositionEmbeddings, config.hiddenSize);
    this.h = Array.from(
      { length: config.numHiddenLayers },
      (_, layer) => new Gpt2Block(config, layer),
    );
    this.lnF = new nn.LayerNorm(config.hiddenSize, config.layerNormEps);
  }

  embed(ids: Tensor, positions: Tensor): Tensor {
    return this.wte.forward(ids).add(this.wpe.forward(positions));
  }

  get blocks(): readonly Gpt2Block[] {
    return this.h;
  }

  get tokenEmbedding(): Tensor {
    return this.wte.weight;
  }

  get finalNorm(): nn.LayerNorm {
    return this.lnF;
  }

  finish(x: Tensor): Tensor {
    return this.lnF.forward(x);
  }
}

/**
 * A decoder language model in a Hugging Face layout: Llama, GPT-2, DeepSeek V1, V2 or V3, as its configuration says.
 * New models have random weights; `loadModel` fills them from a folder.
 */
export class CausalLM extends nn.Module {
  model: Decoder | null = null;
  transformer: Gpt2Decoder | null = null;
  lmHead: nn.Linear | null;
  private _views: ReadonlyMap<string, Tensor> | undefined;

  /**
   * @param config from `parseConfig`
   * @param options.generator draws the initial weights (default: the package's generator); null leaves them undefined,
   *   for a loader
   */
  constructor(
    readonly config: ModelConfig,
    { generator }: { generator?: Generator | null } = {},
  ) {
    super();
    if (config.modelType === "gpt2") this.transformer = new Gpt2Decoder(config);
    else this.model = new Decoder(config);
    this.lmHead = config.tieWordEmbeddings
      ? null
      : new nn.Linear(config.hiddenSize, config.vocabSize, { bias: false });
    for (const [layer, moe] of this.moeLayers) moe.name = `model.layers.${layer}.mlp`;
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
    this._views ??= viewsOf(this.namedTensors(), this.moeLayers);
    return this._views;
  }

  /**
   * The logits of the next token at every place.
   * @returns [batch, length, vocabulary]
   * @throws {LmError} `ERR_SHAPE` for a batch or mask of the wrong size, `ERR_RANGE` past the longest position
   */
  forward(tokens: LabelledBatch, options: ForwardOptions = {}): Tensor {
    return this.head(this.hiddenStates(tokens, options));
  }

  /** The final hidden states, after the last norm: [batch, length, hidden]. */
  hiddenStates(
    tokens: LabelledBatch,
    { hooks, cache, positions: places, attentionMask = tokens.attentionMask }: ForwardOptions = {},
  ): Tensor {
    const { ids, batch, length } = tokens;
    if (ids.length !== batch * length)
      throw new LmError(
        "ERR_SHAPE",
        `lm/CausalLM: ${batch}×${length} tokens need ${batch * length} ids, got ${ids.length}`,
      );
    const { positions, positionLimit, keyMask, tokenMask } = positionsOf(tokens, {
      ...(attentionMask && { attentionMask }),
      ...(places && { places }),
      ...(cache && { cache }),
    });
    const context: ForwardContext = {
      positions,
      positionLimit,
      keyMask,
      tokenMask,
      cache: cache ?? null,
      hooks,
    };
    const input = tensor(Int32Array.from(ids), { shape: [batch, length] });
    let x = applyHook(hooks, "residual", -1, this.decoder.embed(input, positions));
    for (const block of this.decoder.blocks) x = block.forward(x, context);
    cache?.advance(length);
    return this.finalNorm(x);
  }

  /** The norm after the last block alone: residual stream [..., hidden] to hidden states [..., hidden]. */
  finalNorm(x: Tensor): Tensor {
    return this.decoder.finish(x);
  }

  /** The output head alone: hidden states [..., hidden] to logits [..., vocabulary]. */
  head(hidden: Tensor): Tensor {
    if (this.lmHead) return this.lmHead.forward(hidden);
    return linear(hidden, this.decoder.tokenEmbedding);
  }

  /**
   * The mean cross-entropy of predicting each label from the tokens before it.
   * @param options.labels [batch, length]; −100 counts for nothing. Default: the batch's, else the ids, −100 where masked
   */
  loss(
    tokens: LabelledBatch,
    { labels = tokens.labels, ...options }: ForwardOptions & { labels?: ArrayLike<number> } = {},
  ): Tensor {
    const { attentionMask = tokens.attentionMask } = options;
    return crossEntropy(
      this.forward(tokens, options),
      causalTargets(tokens, labels, attentionMask),
    );
  }

  /** Logits are cap · tanh(logit / cap); 0: as they are. */
  get logitCap(): number {
    return 0;
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
        { name },
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
      throw new LmError("ERR_MISSING", `lm: the model has no weight named ${name}`, { name });
    return view;
  }
}
