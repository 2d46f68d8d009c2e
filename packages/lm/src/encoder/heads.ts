import { gelu, linear, nn, relu, type Tensor, tanh, zeros } from "@deepgrain/tensor-gpu";
import { activations } from "../model/mlp";
import type { PostNormConfig } from "./encoder-config";
import { Dense, type DrawMatrix, LookupTable } from "./layers";

/** BERT's classifier: one dense layer on the pooled first token. */
export class BertClassifier extends Dense {
  dropout: nn.Dropout;

  constructor({ hiddenSize, labels, classifierDropout }: PostNormConfig, draw: DrawMatrix) {
    super(hiddenSize, labels.length, draw);
    this.dropout = new nn.Dropout(classifierDropout);
  }

  override forward(pooled: Tensor): Tensor {
    return super.forward(this.dropout.forward(pooled));
  }
}

/** RoBERTa's classifier: dense, tanh, dense on the first token. DistilBERT has relu, and drops nothing before it. */
export class RobertaClassifier extends nn.Module {
  static override readonly name: string = "RobertaClassifier";
  dense: Dense;
  outProj: Dense;
  dropout: nn.Dropout;

  constructor(
    private readonly _config: PostNormConfig,
    draw: DrawMatrix,
  ) {
    super();
    const { hiddenSize, labels, classifierDropout } = _config;
    this.dense = new Dense(hiddenSize, hiddenSize, draw);
    this.outProj = new Dense(hiddenSize, labels.length, draw);
    this.dropout = new nn.Dropout(classifierDropout);
  }

  /** @param first [batch, hidden] @returns [batch, classes] */
  forward(first: Tensor): Tensor {
    const inner =
      this._config.modelType === "distilbert"
        ? relu(this.dense.forward(first))
        : tanh(this.dense.forward(this.dropout.forward(first)));
    return this.outProj.forward(this.dropout.forward(inner));
  }
}

/** The projection onto the vocabulary if it is not tied to the embedding. */
const untied = (config: PostNormConfig, draw: DrawMatrix): LookupTable | null =>
  config.tieWordEmbeddings ? null : new LookupTable(config.vocabSize, config.hiddenSize, draw);

class Transform extends nn.Module {
  static override readonly name: string = "Transform";
  dense: Dense;
  layerNorm: nn.LayerNorm;

  constructor({ hiddenSize, layerNormEps }: PostNormConfig, draw: DrawMatrix) {
    super();
    this.dense = new Dense(hiddenSize, hiddenSize, draw);
    this.layerNorm = new nn.LayerNorm(hiddenSize, layerNormEps);
  }
}

class Predictions extends nn.Module {
  static override readonly name: string = "Predictions";
  transform: Transform;
  bias: Tensor;
  decoder: LookupTable | null;

  constructor(config: PostNormConfig, draw: DrawMatrix) {
    super();
    this.transform = new Transform(config, draw);
    this.bias = nn.parameter(zeros([config.vocabSize]));
    this.decoder = untied(config, draw);
  }
}

/** BERT's masked-LM head: dense, activation, layer norm, vocabulary. */
export class BertMaskedLm extends nn.Module {
  static override readonly name: string = "BertMaskedLm";
  predictions: Predictions;

  constructor(
    private readonly _config: PostNormConfig,
    draw: DrawMatrix,
  ) {
    super();
    this.predictions = new Predictions(_config, draw);
  }

  /** @param embedding the word embeddings @returns [batch, length, vocabulary] */
  forward(hidden: Tensor, embedding: Tensor): Tensor {
    const { transform, bias, decoder } = this.predictions;
    const inner = activations[this._config.hiddenAct](transform.dense.forward(hidden));
    return linear(transform.layerNorm.forward(inner), decoder?.weight ?? embedding, bias);
  }
}

/** RoBERTa's masked-LM head; its activation is always the exact GELU, except in DistilBERT, which has that of its layers. */
export class RobertaMaskedLm extends Transform {
  bias: Tensor;
  decoder: LookupTable | null;

  constructor(
    private readonly _config: PostNormConfig,
    draw: DrawMatrix,
  ) {
    super(_config, draw);
    const config = _config;
    this.bias = nn.parameter(zeros([config.vocabSize]));
    this.decoder = untied(config, draw);
  }

  /** @param embedding the word embeddings @returns [batch, length, vocabulary] */
  forward(hidden: Tensor, embedding: Tensor): Tensor {
    const { modelType, hiddenAct } = this._config;
    const act = modelType === "distilbert" ? activations[hiddenAct] : (x: Tensor) => gelu(x);
    const inner = this.layerNorm.forward(act(this.dense.forward(hidden)));
    return linear(inner, this.decoder?.weight ?? embedding, this.bias);
  }
}
