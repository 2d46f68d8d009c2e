import type { PlannedWeight } from "../files/weight-plan";
import type { EncoderConfig } from "./encoder-config";

type Plan = Generator<PlannedWeight, void>;

function* dense(name: string, rows: number, columns: number): Plan {
  yield [`${name}.weight`, [rows, columns]];
  yield [`${name}.bias`, [rows]];
}

function* norm(name: string, size: number): Plan {
  yield [`${name}.weight`, [size]];
  yield [`${name}.bias`, [size]];
}

function* layerPlan(name: string, { hiddenSize: hidden, intermediateSize: inner }: EncoderConfig) {
  for (const part of ["query", "key", "value"])
    yield* dense(`${name}.attention.self.${part}`, hidden, hidden);
  yield* dense(`${name}.attention.output.dense`, hidden, hidden);
  yield* norm(`${name}.attention.output.LayerNorm`, hidden);
  yield* dense(`${name}.intermediate.dense`, inner, hidden);
  yield* dense(`${name}.output.dense`, hidden, inner);
  yield* norm(`${name}.output.LayerNorm`, hidden);
}

function* maskedLmPlan({
  modelType,
  hiddenSize: hidden,
  vocabSize,
  tieWordEmbeddings,
}: EncoderConfig): Plan {
  const head = modelType === "bert" ? "cls.predictions" : "lm_head";
  const transform = modelType === "bert" ? `${head}.transform` : head;
  yield* dense(`${transform}.dense`, hidden, hidden);
  yield* norm(`${transform}.${modelType === "bert" ? "LayerNorm" : "layer_norm"}`, hidden);
  yield [`${head}.bias`, [vocabSize]];
  if (!tieWordEmbeddings) yield [`${head}.decoder.weight`, [vocabSize, hidden]];
}

function* classifierPlan({ modelType, hiddenSize: hidden, labels }: EncoderConfig): Plan {
  if (modelType === "bert") {
    yield* dense("bert.pooler.dense", hidden, hidden);
    yield* dense("classifier", labels.length, hidden);
  } else {
    yield* dense("classifier.dense", hidden, hidden);
    yield* dense("classifier.out_proj", labels.length, hidden);
  }
}

/** All weights of an encoder under Hugging Face's names, from its configuration alone: nothing is allocated. */
export function* encoderPlan(config: EncoderConfig): Plan {
  const { modelType: name, hiddenSize: hidden } = config;
  yield [`${name}.embeddings.word_embeddings.weight`, [config.vocabSize, hidden]];
  yield [`${name}.embeddings.position_embeddings.weight`, [config.maxPositionEmbeddings, hidden]];
  yield [`${name}.embeddings.token_type_embeddings.weight`, [config.typeVocabSize, hidden]];
  yield* norm(`${name}.embeddings.LayerNorm`, hidden);
  for (let layer = 0; layer < config.numHiddenLayers; layer++)
    yield* layerPlan(`${name}.encoder.layer.${layer}`, config);
  yield* config.task === "masked-lm" ? maskedLmPlan(config) : classifierPlan(config);
}

/** True for weights that belong to the task rather than to the encoder; BERT's pooler is among them. */
export const isHeadWeight = (name: string): boolean =>
  /^(cls|lm_head|classifier)\.|^bert\.pooler\./.test(name);
