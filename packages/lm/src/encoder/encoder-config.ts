import type { Activation, ConfigDtype, JsonObject } from "../config";
import { having } from "../errors";

/** The task of an encoder's head. */
export type EncoderTask = "classification" | "regression" | "masked-lm";

/** A BERT or RoBERTa encoder with its head. Meanings and defaults are those of the Hugging Face configuration classes. */
export interface EncoderConfig {
  modelType: "bert" | "roberta";
  /**
   * From `architectures`, `problem_type` and the number of labels; a file without an architecture gets a classifier.
   */
  task: EncoderTask;
  /** The names of the classes in order; one for regression. */
  labels: readonly string[];
  /** Element type of the stored weights; `null` when the file does not say. */
  dtype: ConfigDtype | null;
  vocabSize: number;
  /** Number of token types, such as first and second sentence. */
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

/** The longest row of tokens that an encoder takes. */
export function longestRow(config: EncoderConfig): number {
  having("longestRow", "config", config, "modelType", "maxPositionEmbeddings");
  const { modelType, maxPositionEmbeddings, padTokenId } = config;
  return modelType === "bert" ? maxPositionEmbeddings : maxPositionEmbeddings - padTokenId - 1;
}
