import { activation } from "../../config/common-fields";
import { choice, constant, flag, integer, positive } from "../../config/field";
import { layerTypes } from "../../config/layer-types";
import type { ModernBertConfig } from "../encoder-config";
import { type EncoderFieldsOf, layerTheta, share, sharedEncoderFields } from "../encoder-fields";
import type { EncoderFamily } from "../family";

const layers = integer("num_hidden_layers", 22);
const everyGlobal = integer("global_attn_every_n_layers", 3);

const fields: EncoderFieldsOf<ModernBertConfig> = {
  ...sharedEncoderFields("ModernBert", { vocabSize: 50368, padTokenId: 50283 }),
  typeVocabSize: constant("typeVocabSize", 0),
  hiddenSize: integer("hidden_size", 768),
  intermediateSize: integer("intermediate_size", 1152),
  numHiddenLayers: layers,
  numAttentionHeads: integer("num_attention_heads", 12),
  maxPositionEmbeddings: integer("max_position_embeddings", 8192),
  hiddenAct: activation("hidden_activation", "gelu"),
  hiddenDropout: share("embedding_dropout", 0),
  attentionDropout: share("attention_dropout", 0),
  mlpDropout: share("mlp_dropout", 0),
  classifierDropout: share("classifier_dropout", 0),
  layerNormEps: positive("norm_eps", 1e-5),
  localAttention: integer("local_attention", 128),
  layerTypes: {
    ...layerTypes(layers, (layer, json) =>
      layer % everyGlobal.read(json) === 0 ? "full_attention" : "sliding_attention",
    ),
    keys: ["layer_types", ...everyGlobal.keys],
  },
  globalRopeTheta: layerTheta("global_rope_theta", "full_attention", 160_000),
  localRopeTheta: layerTheta("local_rope_theta", "sliding_attention", 10_000),
  normBias: flag("norm_bias", false),
  attentionBias: flag("attention_bias", false),
  mlpBias: flag("mlp_bias", false),
  decoderBias: flag("decoder_bias", true),
  classifierBias: flag("classifier_bias", false),
  classifierActivation: activation("classifier_activation", "gelu"),
  classifierPooling: choice("classifier_pooling", ["cls", "mean"], "cls"),
};

/** ModernBERT. */
export const modernbert: EncoderFamily<ModernBertConfig> = {
  className: "ModernBert",
  body: "model",
  positions: "rotary",
  separators: 1,
  hasPooler: false,
  names: [
    [/\.w(qkv|i|o)\./, ".W$1."],
    [/^prediction_head\./, "head."],
  ],
  fields,
  keys: {
    neutral: [
      ...["cls_token_id", "initializer_cutoff_factor", "deterministic_flash_attn"],
      ...["sparse_prediction", "sparse_pred_ignore_index", "reference_compile"],
      ...["repad_logits_with_grad", "layer_norm_eps", "sliding_window"],
    ],
    fixed: { position_embedding_type: "absolute", is_decoder: false },
  },
};
