import { nn, type Tensor, tanh } from "@deepgrain/tensor-gpu";
import { applyHook } from "../model/hooks";
import { activations } from "../model/mlp";
import type { EncoderContext } from "./attend-both";
import { SelfAttention } from "./encoder-attention";
import type { EncoderInput } from "./encoder-batch";
import type { PostNormConfig } from "./encoder-config";
import { encoderFamily } from "./families";
import { Dense, type DrawMatrix, LookupTable } from "./layers";

class Embeddings extends nn.Module {
  static override readonly name: string = "Embeddings";
  wordEmbeddings: LookupTable;
  positionEmbeddings: LookupTable;
  /** Null if tokens have no types. */
  tokenTypeEmbeddings: LookupTable | null;
  layerNorm: nn.LayerNorm;
  dropout: nn.Dropout;

  constructor(config: PostNormConfig, draw: DrawMatrix) {
    super();
    const { hiddenSize, padTokenId, typeVocabSize } = config;
    const isPadded = encoderFamily(config).positions === "padded";
    const positionPadding = isPadded ? padTokenId : null;
    this.wordEmbeddings = new LookupTable(config.vocabSize, hiddenSize, draw, padTokenId);
    this.positionEmbeddings = new LookupTable(
      config.maxPositionEmbeddings,
      hiddenSize,
      draw,
      positionPadding,
    );
    this.tokenTypeEmbeddings =
      typeVocabSize > 0 ? new LookupTable(typeVocabSize, hiddenSize, draw) : null;
    this.layerNorm = new nn.LayerNorm(hiddenSize, config.layerNormEps);
    this.dropout = new nn.Dropout(config.hiddenDropout);
  }

  forward({ ids, positions, types }: EncoderInput): Tensor {
    const placed = this.wordEmbeddings.forward(ids).add(this.positionEmbeddings.forward(positions));
    const { tokenTypeEmbeddings: table } = this;
    const sum = table ? placed.add(table.forward(types)) : placed;
    return this.dropout.forward(this.layerNorm.forward(sum));
  }
}

/** norm(residual + dropout(dense(x))): the end of both halves of a layer. */
class ResidualOutput extends nn.Module {
  static override readonly name: string = "ResidualOutput";
  dense: Dense;
  layerNorm: nn.LayerNorm;
  dropout: nn.Dropout;

  constructor(inner: number, config: PostNormConfig, draw: DrawMatrix) {
    super();
    this.dense = new Dense(inner, config.hiddenSize, draw);
    this.layerNorm = new nn.LayerNorm(config.hiddenSize, config.layerNormEps);
    this.dropout = new nn.Dropout(config.hiddenDropout);
  }

  forward(x: Tensor, residual: Tensor, see: (added: Tensor) => Tensor): Tensor {
    const added = see(this.dropout.forward(this.dense.forward(x)));
    return this.layerNorm.forward(residual.add(added));
  }
}

class Attention extends nn.Module {
  static override readonly name: string = "Attention";
  self: SelfAttention;
  output: ResidualOutput;

  constructor(config: PostNormConfig, layer: number, draw: DrawMatrix) {
    super();
    this.self = new SelfAttention(config, layer, draw);
    this.output = new ResidualOutput(config.hiddenSize, config, draw);
  }
}

class Intermediate extends nn.Module {
  static override readonly name: string = "Intermediate";
  dense: Dense;

  constructor({ hiddenSize, intermediateSize }: PostNormConfig, draw: DrawMatrix) {
    super();
    this.dense = new Dense(hiddenSize, intermediateSize, draw);
  }
}

/** One layer: attention, then feed-forward, each followed by the residual sum and a layer norm. */
class EncoderLayer extends nn.Module {
  static override readonly name: string = "EncoderLayer";
  attention: Attention;
  intermediate: Intermediate;
  output: ResidualOutput;

  constructor(
    private readonly _config: PostNormConfig,
    private readonly _layer: number,
    draw: DrawMatrix,
  ) {
    super();
    this.attention = new Attention(_config, _layer, draw);
    this.intermediate = new Intermediate(_config, draw);
    this.output = new ResidualOutput(_config.intermediateSize, _config, draw);
  }

  forward(x: Tensor, context: EncoderContext): Tensor {
    const { hooks } = context;
    const see = (name: "attentionOutput" | "mlpOutput") => (added: Tensor) =>
      applyHook(hooks, name, this._layer, added);
    const mixed = this.attention.self.forward(x, context);
    const attended = this.attention.output.forward(mixed, x, see("attentionOutput"));
    const inner = activations[this._config.hiddenAct](this.intermediate.dense.forward(attended));
    const out = this.output.forward(inner, attended, see("mlpOutput"));
    return applyHook(hooks, "residual", this._layer, out);
  }
}

class LayerStack extends nn.Module {
  static override readonly name: string = "LayerStack";
  layer: EncoderLayer[];

  constructor(config: PostNormConfig, draw: DrawMatrix) {
    super();
    this.layer = Array.from(
      { length: config.numHiddenLayers },
      (_, layer) => new EncoderLayer(config, layer, draw),
    );
  }
}

/** tanh(dense(first token)). */
export class Pooler extends nn.Module {
  static override readonly name: string = "Pooler";
  dense: Dense;

  constructor(hiddenSize: number, draw: DrawMatrix) {
    super();
    this.dense = new Dense(hiddenSize, hiddenSize, draw);
  }

  /** @param hidden [batch, length, hidden] @returns [batch, hidden] */
  forward(hidden: Tensor): Tensor {
    return tanh(this.dense.forward(hidden.select(1, 0)));
  }
}

/** Embeddings and layers; BERT's classifier adds a pooler. @see Devlin et al. 2019, section 3; Liu et al. 2019 */
export class EncoderBody extends nn.Module {
  static override readonly name: string = "EncoderBody";
  embeddings: Embeddings;
  encoder: LayerStack;
  pooler: Pooler | null;

  constructor(config: PostNormConfig, draw: DrawMatrix, drawHead: DrawMatrix) {
    super();
    const isClassifier = config.task === "classification" || config.task === "regression";
    const hasPooler = encoderFamily(config).hasPooler && isClassifier;
    this.embeddings = new Embeddings(config, draw);
    this.encoder = new LayerStack(config, draw);
    this.pooler = hasPooler ? new Pooler(config.hiddenSize, drawHead) : null;
  }

  /** The table whose rows the masked-LM head multiplies, if it is tied. */
  get wordTable(): Tensor {
    return this.embeddings.wordEmbeddings.weight;
  }

  /** @returns the last hidden states, [batch, length, hidden] */
  forward(input: EncoderInput, context: EncoderContext): Tensor {
    let x = applyHook(context.hooks, "residual", -1, this.embeddings.forward(input));
    for (const layer of this.encoder.layer) x = layer.forward(x, context);
    return x;
  }
}
