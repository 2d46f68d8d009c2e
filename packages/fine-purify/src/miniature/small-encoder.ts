import { type EncoderConfig, parseEncoderConfig } from "@deepgrain/lm";
import { having } from "../errors";

/** A BERT classifier of two layers with two heads, without dropout, for experiments that take minutes. */
export const smallEncoderConfig = (sizes: {
  vocabulary: number;
  classes: number;
  hiddenSize: number;
  /** Maximum number of tokens per row. */
  length: number;
  /** Names of the classes. Default: as Hugging Face numbers them. */
  labels?: readonly string[] | undefined;
}): EncoderConfig => {
  having("smallEncoderConfig", "sizes", sizes, "vocabulary", "classes");
  return parseEncoderConfig({
    model_type: "bert",
    vocab_size: sizes.vocabulary,
    hidden_size: sizes.hiddenSize,
    intermediate_size: 4 * sizes.hiddenSize,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    max_position_embeddings: sizes.length,
    type_vocab_size: 1,
    num_labels: sizes.classes,
    id2label: sizes.labels && Object.fromEntries(sizes.labels.entries()),
    hidden_dropout_prob: 0,
    attention_probs_dropout_prob: 0,
    initializer_range: 0.1,
  });
};
