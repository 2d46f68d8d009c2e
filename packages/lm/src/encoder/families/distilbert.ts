import { activation } from "../../config/common-fields";
import { constant, integer } from "../../config/field";
import type { PostNormConfig } from "../encoder-config";
import { type EncoderFieldsOf, share, sharedEncoderFields } from "../encoder-fields";
import type { EncoderFamily } from "../family";

const fields: EncoderFieldsOf<PostNormConfig> = {
  ...sharedEncoderFields("DistilBert", { vocabSize: 30522, padTokenId: 0 }),
  typeVocabSize: constant("typeVocabSize", 0),
  hiddenSize: integer("dim", 768),
  intermediateSize: integer("hidden_dim", 3072),
  numHiddenLayers: integer("n_layers", 6),
  numAttentionHeads: integer("n_heads", 12),
  maxPositionEmbeddings: integer("max_position_embeddings", 512),
  hiddenAct: activation("activation", "gelu"),
  hiddenDropout: share("dropout", 0.1),
  attentionDropout: share("attention_dropout", 0.1),
  classifierDropout: share("seq_classif_dropout", 0.2),
  layerNormEps: constant("layerNormEps", 1e-12),
};

/** DistilBERT: BERT's layers under names of its own, without token types. */
export const distilbert: EncoderFamily<PostNormConfig> = {
  className: "DistilBert",
  body: "distilbert",
  positions: "counted",
  separators: 1,
  hasPooler: false,
  names: [
    [/\.encoder\.layer\./, ".transformer.layer."],
    [/\.attention\.self\.(q|k|v)\w+\./, ".attention.$1_lin."],
    [/\.attention\.output\.dense\./, ".attention.out_lin."],
    [/\.attention\.output\.LayerNorm\./, ".sa_layer_norm."],
    [/\.intermediate\.dense\./, ".ffn.lin1."],
    [/\.output\.dense\./, ".ffn.lin2."],
    [/\.output\.LayerNorm\./, ".output_layer_norm."],
    [/^classifier\.dense\./, "pre_classifier."],
    [/^classifier\.out_proj\./, "classifier."],
    [/^lm_head\.dense\./, "vocab_transform."],
    [/^lm_head\.layer_norm\./, "vocab_layer_norm."],
    [/^lm_head\.(decoder\.)?/, "vocab_projector."],
  ],
  fields,
  keys: {
    neutral: ["qa_dropout", "tie_weights_", "output_past"],
    fixed: { sinusoidal_pos_embds: false },
  },
};
