import type { PlannedWeight } from "../files/weight-plan";
import type { EncoderConfig, ModernBertConfig, PostNormConfig } from "./encoder-config";
import { encoderFamily } from "./families";
import { weightName } from "./weight-name";

type Plan = Generator<PlannedWeight, void>;

function* dense(name: string, rows: number, columns: number, hasBias = true): Plan {
  yield [`${name}.weight`, [rows, columns]];
  if (hasBias) yield [`${name}.bias`, [rows]];
}

function* norm(name: string, size: number, hasBias = true): Plan {
  yield [`${name}.weight`, [size]];
  if (hasBias) yield [`${name}.bias`, [size]];
}

function* layerPlan(name: string, { hiddenSize: hidden, intermediateSize: inner }: PostNormConfig) {
  for (const part of ["query", "key", "value"])
    yield* dense(`${name}.attention.self.${part}`, hidden, hidden);
  yield* dense(`${name}.attention.output.dense`, hidden, hidden);
  yield* norm(`${name}.attention.output.layerNorm`, hidden);
  yield* dense(`${name}.intermediate.dense`, inner, hidden);
  yield* dense(`${name}.output.dense`, hidden, inner);
  yield* norm(`${name}.output.layerNorm`, hidden);
}

function* maskedLmPlan(config: PostNormConfig): Plan {
  const { hiddenSize: hidden, vocabSize, tieWordEmbeddings } = config;
  const isBert = config.modelType === "bert";
  const head = isBert ? "cls.predictions" : "lmHead";
  const transform = isBert ? `${head}.transform` : head;
  yield* dense(`${transform}.dense`, hidden, hidden);
  yield* norm(`${transform}.layerNorm`, hidden);
  yield [`${head}.bias`, [vocabSize]];
  if (!tieWordEmbeddings) yield [`${head}.decoder.weight`, [vocabSize, hidden]];
}

function* classifierPlan(config: PostNormConfig): Plan {
  const { hiddenSize: hidden, labels } = config;
  if (encoderFamily(config).hasPooler) {
    yield* dense("bert.pooler.dense", hidden, hidden);
    yield* dense("classifier", labels.length, hidden);
  } else {
    yield* dense("classifier.dense", hidden, hidden);
    yield* dense("classifier.outProj", labels.length, hidden);
  }
}

function* postNormPlan(config: PostNormConfig): Plan {
  const { hiddenSize: hidden, typeVocabSize } = config;
  const { body } = encoderFamily(config);
  yield [`${body}.embeddings.wordEmbeddings.weight`, [config.vocabSize, hidden]];
  yield [`${body}.embeddings.positionEmbeddings.weight`, [config.maxPositionEmbeddings, hidden]];
  if (typeVocabSize > 0)
    yield [`${body}.embeddings.tokenTypeEmbeddings.weight`, [typeVocabSize, hidden]];
  yield* norm(`${body}.embeddings.layerNorm`, hidden);
  for (let layer = 0; layer < config.numHiddenLayers; layer++)
    yield* layerPlan(`${body}.encoder.layer.${layer}`, config);
  if (config.task === "masked-lm") yield* maskedLmPlan(config);
  else if (config.task !== "features") yield* classifierPlan(config);
}

function* modernPlan(config: ModernBertConfig): Plan {
  const { hiddenSize: hidden, intermediateSize: inner, vocabSize, normBias } = config;
  yield ["model.embeddings.tokEmbeddings.weight", [vocabSize, hidden]];
  yield* norm("model.embeddings.norm", hidden, normBias);
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    const name = `model.layers.${layer}`;
    if (layer > 0) yield* norm(`${name}.attnNorm`, hidden, normBias);
    yield* dense(`${name}.attn.wqkv`, 3 * hidden, hidden, config.attentionBias);
    yield* dense(`${name}.attn.wo`, hidden, hidden, config.attentionBias);
    yield* norm(`${name}.mlpNorm`, hidden, normBias);
    yield* dense(`${name}.mlp.wi`, 2 * inner, hidden, config.mlpBias);
    yield* dense(`${name}.mlp.wo`, hidden, inner, config.mlpBias);
  }
  yield* norm("model.finalNorm", hidden, normBias);
  if (config.task === "features") return;
  yield* dense("predictionHead.dense", hidden, hidden, config.classifierBias);
  yield* norm("predictionHead.norm", hidden, normBias);
  if (config.task !== "masked-lm") {
    yield* dense("classifier", config.labels.length, hidden);
    return;
  }
  if (!config.tieWordEmbeddings) yield ["decoder.weight", [vocabSize, hidden]];
  if (config.decoderBias) yield ["decoder.bias", [vocabSize]];
}

/** All weights of an encoder under Hugging Face's names, from its configuration alone: nothing is allocated. */
export function* encoderPlan(config: EncoderConfig): Plan {
  const { names } = encoderFamily(config);
  const plan = config.modelType === "modernbert" ? modernPlan(config) : postNormPlan(config);
  for (const [path, shape] of plan) yield [weightName(path, names), shape];
}

/** True for weights that belong to the task rather than to the encoder; BERT's pooler is among them. */
export const isHeadWeight = (name: string): boolean =>
  /^(cls|lm_head|classifier|pre_classifier|head|decoder)\.|^vocab_|^bert\.pooler\./.test(name);
