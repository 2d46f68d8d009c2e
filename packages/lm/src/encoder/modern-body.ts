import { nn, rope, type Tensor } from "@deepgrain/tensor-gpu";
import { applyHook } from "../model/hooks";
import { activations } from "../model/mlp";
import { makeTables, type Tables } from "../model/rotary";
import { attendBoth, type EncoderContext } from "./attend-both";
import type { EncoderInput } from "./encoder-batch";
import type { ModernBertConfig } from "./encoder-config";
import { type DrawMatrix, LookupTable, PlainDense } from "./layers";

const layerNorm = ({ hiddenSize, layerNormEps, normBias }: ModernBertConfig) =>
  new nn.LayerNorm(hiddenSize, layerNormEps, { bias: normBias });

class TokenEmbeddings extends nn.Module {
  static override readonly name: string = "TokenEmbeddings";
  tokEmbeddings: LookupTable;
  norm: nn.LayerNorm;
  dropout: nn.Dropout;

  constructor(config: ModernBertConfig, draw: DrawMatrix) {
    super();
    const { vocabSize, hiddenSize, padTokenId } = config;
    this.tokEmbeddings = new LookupTable(vocabSize, hiddenSize, draw, padTokenId);
    this.norm = layerNorm(config);
    this.dropout = new nn.Dropout(config.hiddenDropout);
  }

  forward({ ids }: EncoderInput): Tensor {
    return this.dropout.forward(this.norm.forward(this.tokEmbeddings.forward(ids)));
  }
}

/** Rotary attention of all tokens, or of those inside of a window. */
class RotaryAttention extends nn.Module {
  static override readonly name: string = "RotaryAttention";
  wqkv: PlainDense;
  wo: PlainDense;
  dropout: nn.Dropout;

  constructor(
    private readonly _config: ModernBertConfig,
    private readonly _layer: number,
    draw: DrawMatrix,
  ) {
    super();
    const { hiddenSize, attentionBias, attentionDropout } = _config;
    this.wqkv = new PlainDense(hiddenSize, 3 * hiddenSize, draw, attentionBias);
    this.wo = new PlainDense(hiddenSize, hiddenSize, draw, attentionBias);
    this.dropout = new nn.Dropout(attentionDropout);
  }

  forward(x: Tensor, positions: Tensor, { cos, sin }: Tables, context: EncoderContext): Tensor {
    const { hiddenSize, numAttentionHeads: heads, attentionDropout, localAttention } = this._config;
    const layer = this._layer;
    const [batch, length] = x.shape as [number, number];
    const [q, k, v] = this.wqkv
      .forward(x)
      .split([hiddenSize, hiddenSize, hiddenSize])
      .map((part) => part.reshape([batch, length, heads, hiddenSize / heads])) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const turn = (part: Tensor) => rope(part, cos, sin, positions);
    const hook = (name: "query" | "key" | "value", part: Tensor) =>
      applyHook(context.hooks, name, layer, part);
    const isLocal = this._config.layerTypes[layer] === "sliding_attention";
    const mixed = attendBoth(hook("query", turn(q)), hook("key", turn(k)), hook("value", v), {
      ...context,
      layer,
      reach: isLocal ? Math.floor(localAttention / 2) : undefined,
      dropout: this.dropout,
      isDropping: this.training && attentionDropout > 0,
    });
    return this.dropout.forward(this.wo.forward(mixed.reshape([batch, length, hiddenSize])));
  }
}

/** out(act(first half) · second half), of one projection. */
class GatedPart extends nn.Module {
  static override readonly name: string = "GatedPart";
  wi: PlainDense;
  wo: PlainDense;
  dropout: nn.Dropout;

  constructor(
    private readonly _config: ModernBertConfig,
    draw: DrawMatrix,
  ) {
    super();
    const { hiddenSize, intermediateSize, mlpBias, mlpDropout } = _config;
    this.wi = new PlainDense(hiddenSize, 2 * intermediateSize, draw, mlpBias);
    this.wo = new PlainDense(intermediateSize, hiddenSize, draw, mlpBias);
    this.dropout = new nn.Dropout(mlpDropout);
  }

  forward(x: Tensor): Tensor {
    const { intermediateSize: inner, hiddenAct } = this._config;
    const [own, gate] = this.wi.forward(x).split([inner, inner]) as [Tensor, Tensor];
    return this.wo.forward(this.dropout.forward(activations[hiddenAct](own).mul(gate)));
  }
}

class ModernLayer extends nn.Module {
  static override readonly name: string = "ModernLayer";
  /** The first layer has none: the embeddings are normalised. */
  attnNorm: nn.LayerNorm | null;
  attn: RotaryAttention;
  mlpNorm: nn.LayerNorm;
  mlp: GatedPart;

  constructor(
    config: ModernBertConfig,
    private readonly _layer: number,
    draw: DrawMatrix,
  ) {
    super();
    this.attnNorm = _layer === 0 ? null : layerNorm(config);
    this.attn = new RotaryAttention(config, _layer, draw);
    this.mlpNorm = layerNorm(config);
    this.mlp = new GatedPart(config, draw);
  }

  forward(x: Tensor, positions: Tensor, tables: Tables, context: EncoderContext): Tensor {
    const hook = (name: "attentionOutput" | "mlpOutput" | "residual", value: Tensor) =>
      applyHook(context.hooks, name, this._layer, value);
    const normed = this.attnNorm?.forward(x) ?? x;
    const mixed = this.attn.forward(normed, positions, tables, context);
    const attended = x.add(hook("attentionOutput", mixed));
    const fed = this.mlp.forward(this.mlpNorm.forward(attended));
    return hook("residual", attended.add(hook("mlpOutput", fed)));
  }
}

/** Embeddings, layers and last norm of ModernBERT. @see Warner et al. 2024 (ModernBERT), section 2.1 */
export class ModernBody extends nn.Module {
  static override readonly name: string = "ModernBody";
  embeddings: TokenEmbeddings;
  layers: ModernLayer[];
  finalNorm: nn.LayerNorm;
  private readonly _tables = new Map<number, Tables>();

  constructor(
    private readonly _config: ModernBertConfig,
    draw: DrawMatrix,
  ) {
    super();
    this.embeddings = new TokenEmbeddings(_config, draw);
    this.layers = Array.from(
      { length: _config.numHiddenLayers },
      (_, layer) => new ModernLayer(_config, layer, draw),
    );
    this.finalNorm = layerNorm(_config);
  }

  get pooler(): null {
    return null;
  }

  /** The table whose rows the masked-LM head multiplies, if it is tied. */
  get wordTable(): Tensor {
    return this.embeddings.tokEmbeddings.weight;
  }

  /** @returns the last hidden states, [batch, length, hidden] */
  forward(input: EncoderInput, context: EncoderContext): Tensor {
    const { layerTypes, globalRopeTheta, localRopeTheta } = this._config;
    const { positions } = input;
    const length = positions.shape[1]!;
    let x = applyHook(context.hooks, "residual", -1, this.embeddings.forward(input));
    for (const [i, layer] of this.layers.entries()) {
      const isLocal = layerTypes[i] === "sliding_attention";
      const tables = this.tablesFor(isLocal ? localRopeTheta : globalRopeTheta, length);
      x = layer.forward(x, positions, tables, context);
    }
    return this.finalNorm.forward(x);
  }

  private tablesFor(theta: number, length: number): Tables {
    const known = this._tables.get(theta);
    if (known && length <= known.rows) return known;
    for (const table of [known?.cos, known?.sin]) table?.dispose();
    const size = this._config.hiddenSize / this._config.numAttentionHeads;
    const inverseFrequencies = Float64Array.from(
      { length: size / 2 },
      (_, i) => theta ** ((-2 * i) / size),
    );
    const rows = Math.max(64, 2 ** Math.ceil(Math.log2(length)));
    const made = makeTables(rows, { inverseFrequencies, attentionFactor: 1, softmaxMscale: 1 });
    this._tables.set(theta, made);
    return made;
  }

  override dispose(): void {
    for (const { cos, sin } of this._tables.values())
      for (const table of [cos, sin]) table.dispose();
    this._tables.clear();
    super.dispose();
  }
}
