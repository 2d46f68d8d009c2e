import { parseEncoderConfig } from "../../src";

/** A BERT classifier small enough to train in milliseconds. */
export const tinyEncoder = (changes: object = {}) =>
  parseEncoderConfig({
    model_type: "bert",
    vocab_size: 40,
    hidden_size: 16,
    intermediate_size: 24,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    max_position_embeddings: 12,
    ...changes,
  });

export const maskedLm = { architectures: ["BertForMaskedLM"] };
export const roberta = { model_type: "roberta" };
export const robertaMaskedLm = { ...roberta, architectures: ["RobertaForMaskedLM"] };
