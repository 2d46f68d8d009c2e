import type { Activation, ConfigDtype, JsonObject } from "../config";
import type { LayerType } from "../config/layer-types";

/** The task of an encoder's head; "features": it has none, and gives its hidden states. */
export type EncoderTask = "classification" | "regression" | "masked-lm" | "features";

/** An encoder with its head. Meanings and defaults are those of the Hugging Face configuration classes. */
export type EncoderConfig = PostNormConfig | ModernBertConfig;

/** BERT and the families with its layers. */
export interface PostNormConfig extends SharedEncoderConfig {
  modelType: "bert" | "roberta" | "xlm-roberta" | "distilbert";
}

/** ModernBERT: norms before each part, rotary positions, gated feed-forward parts, layers with a window. */
export interface ModernBertConfig extends SharedEncoderConfig {
  modelType: "modernbert";
  /** Width of the window of local layers: a token attends to those at most half as far away. Default 128. */
  localAttention: number;
  /** Which layers have the window. Default: all but every third, from the first. */
  layerTypes: readonly LayerType[];
  /** Base of the rotary frequencies of layers without the window. Default 160,000. */
  globalRopeTheta: number;
  /** Base in layers with the window. Default 10,000. */
  localRopeTheta: number;
  normBias: boolean;
  attentionBias: boolean;
  mlpBias: boolean;
  /** Dropout probability inside of the feed-forward parts. Default 0. */
  mlpDropout: number;
  /** Whether the masked-LM head's projection has a bias. Default true. */
  decoderBias: boolean;
  classifierBias: boolean;
  classifierActivation: Activation;
  /** The part of a row that a classifier sees. Default its first token. */
  classifierPooling: "cls" | "mean";
}

/** Fields of all encoders. */
interface SharedEncoderConfig {
  /**
   * From `architectures`, `problem_type` and the number of labels; a file without an architecture gets a classifier.
   */
  task: EncoderTask;
  /** The names of the classes in order; one for regression. */
  labels: readonly string[];
  /** Element type of the stored weights; `null` when the file does not say. */
  dtype: ConfigDtype | null;
  vocabSize: number;
  /** Number of token types, such as first and second sentence; 0 if tokens have none. */
  typeVocabSize: number;
  hiddenSize: number;
  /** Inner width of the feed-forward layers. */
  intermediateSize: number;
  numHiddenLayers: number;
  numAttentionHeads: number;
  /** Rows of the position table; RoBERTa uses none of the first `padTokenId + 1` for tokens. */
  maxPositionEmbeddings: number;
  hiddenAct: Activation;
  /**
   * Dropout probability of the embeddings and of the output of each half of a layer (`hidden_dropout_prob`). Default
   * 0.1.
   */
  hiddenDropout: number;
  /** Dropout probability of the attention probabilities (`attention_probs_dropout_prob`). Default 0.1. */
  attentionDropout: number;
  /** Dropout probability of the classifier's input (`classifier_dropout`). Default: `hiddenDropout`. */
  classifierDropout: number;
  /** Standard deviation of the initial weights. */
  initializerRange: number;
  /** Added to the variance in every layer norm. Default 1e-12. */
  layerNormEps: number;
  /** Its embedding has no gradient from lookups. Default 0 for BERT, 1 for RoBERTa. */
  padTokenId: number;
  /** Whether the masked-LM head shares the embedding's weights. */
  tieWordEmbeddings: boolean;
  /** The config.json this came from; its unknown keys are kept. */
  source: JsonObject;
  /** Keys of `source` that the class of the family does not have: they are kept, and change nothing. */
  unknownKeys: readonly string[];
}
