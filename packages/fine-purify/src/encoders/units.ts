import type { EncoderModel } from "@deepgrain/lm";
import type { UnitGroup } from "../training/gated-layers";

const layersOf = ({ bert, roberta }: EncoderModel) => (bert ?? roberta)!.encoder.layer;

/** The inner units of every feed-forward network. */
export const feedForwardUnits = (model: EncoderModel): UnitGroup[] =>
  layersOf(model).map(({ intermediate }) => ({ layer: intermediate.dense }));

/** The heads of every attention layer, by their values. */
export const attentionHeads = (model: EncoderModel): UnitGroup[] =>
  layersOf(model).map(({ attention }) => ({
    layer: attention.self.value,
    width: model.config.hiddenSize / model.config.numAttentionHeads,
  }));

/** The name of the word embeddings. */
export const wordTableName = ({ config }: EncoderModel): string =>
  `${config.modelType}.embeddings.word_embeddings.weight`;
