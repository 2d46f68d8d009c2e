import { linear, nn, type Tensor, zeros } from "@deepgrain/tensor-gpu";
import { activations } from "../model/mlp";
import type { ModernBertConfig } from "./encoder-config";
import { type DrawMatrix, LookupTable, PlainDense } from "./layers";

/** norm(act(dense(x))): ModernBERT's head before the vocabulary or the classes. */
export class PredictionHead extends nn.Module {
  static override readonly name: string = "PredictionHead";
  dense: PlainDense;
  norm: nn.LayerNorm;

  constructor(
    private readonly _config: ModernBertConfig,
    draw: DrawMatrix,
  ) {
    super();
    const { hiddenSize, classifierBias, layerNormEps, normBias } = _config;
    this.dense = new PlainDense(hiddenSize, hiddenSize, draw, classifierBias);
    this.norm = new nn.LayerNorm(hiddenSize, layerNormEps, { bias: normBias });
  }

  forward(x: Tensor): Tensor {
    const act = activations[this._config.classifierActivation];
    return this.norm.forward(act(this.dense.forward(x)));
  }
}

/** The projection onto the vocabulary. */
export class VocabularyDecoder extends nn.Module {
  static override readonly name: string = "VocabularyDecoder";
  weight: Tensor | null;
  bias: Tensor | null;

  constructor(config: ModernBertConfig, draw: DrawMatrix) {
    super();
    const { vocabSize, hiddenSize, tieWordEmbeddings, decoderBias } = config;
    this.weight = tieWordEmbeddings ? null : new LookupTable(vocabSize, hiddenSize, draw).weight;
    this.bias = decoderBias ? nn.parameter(zeros([vocabSize])) : null;
  }

  /** @param embedding the word embeddings */
  forward(hidden: Tensor, embedding: Tensor): Tensor {
    return linear(hidden, this.weight ?? embedding, this.bias);
  }
}
