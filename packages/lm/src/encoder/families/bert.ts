import { activation } from "../../config/common-fields";
import { integer, positive } from "../../config/field";
import type { PostNormConfig } from "../encoder-config";
import { type EncoderFieldsOf, share, sharedEncoderFields } from "../encoder-fields";
import { bertKeys, type EncoderFamily } from "../family";

function bertFields(
  className: string,
  defaults: { vocabSize: number; padTokenId: number },
): EncoderFieldsOf<PostNormConfig> {
  const hiddenDropout = share("hidden_dropout_prob", 0.1);
  return {
    ...sharedEncoderFields(className, defaults),
    typeVocabSize: integer("type_vocab_size", 2),
    hiddenSize: integer("hidden_size", 768),
    intermediateSize: integer("intermediate_size", 3072),
    numHiddenLayers: integer("num_hidden_layers", 12),
    numAttentionHeads: integer("num_attention_heads", 12),
    maxPositionEmbeddings: integer("max_position_embeddings", 512),
    hiddenAct: activation("hidden_act", "gelu"),
    hiddenDropout,
    attentionDropout: share("attention_probs_dropout_prob", 0.1),
    classifierDropout: share("classifier_dropout", (json) => hiddenDropout.read(json)),
    layerNormEps: positive("layer_norm_eps", 1e-12),
  };
}

/** BERT. */
export const bert: EncoderFamily<PostNormConfig> = {
  className: "Bert",
  body: "bert",
  positions: "counted",
  separators: 1,
  hasPooler: true,
  names: [],
  fields: bertFields("Bert", { vocabSize: 30522, padTokenId: 0 }),
  keys: bertKeys,
};

/** RoBERTa: BERT's layers, with positions behind the padding token's id. */
export const roberta: EncoderFamily<PostNormConfig> = {
  ...bert,
  className: "Roberta",
  body: "roberta",
  positions: "padded",
  separators: 2,
  hasPooler: false,
  fields: bertFields("Roberta", { vocabSize: 50265, padTokenId: 1 }),
};

/** XLM-RoBERTa: RoBERTa under another name. */
export const xlmRoberta: EncoderFamily<PostNormConfig> = {
  ...roberta,
  className: "XLMRoberta",
  fields: bertFields("XLMRoberta", { vocabSize: 30522, padTokenId: 1 }),
  keys: { ...bertKeys, neutral: ["output_past"] },
};
