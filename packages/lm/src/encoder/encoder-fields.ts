import { activation, sharedFields } from "../config/common-fields";
import {
  configError,
  type Default,
  type Field,
  type FieldTable,
  field,
  integer,
  type JsonObject,
  positive,
} from "../config/field";
import type { EncoderConfig, EncoderTask } from "./encoder-config";

type ModelType = EncoderConfig["modelType"];

/** Keeps a small file from requesting an unbounded number of names. */
const mostLabels = 100_000;

const classNames: Record<ModelType, string> = { bert: "Bert", roberta: "Roberta" };

/** A dropout probability: at least 0 and below 1. */
const share = (key: string, fallback: Default<number>): Field<number> =>
  field(
    key,
    fallback,
    "a number from 0 to below 1",
    (value) => typeof value === "number" && value >= 0 && value < 1,
  );

const labelCount = integer<number>("num_labels", () => 2);

function readNames(given: unknown): string[] {
  const isObject = typeof given === "object" && given !== null && !Array.isArray(given);
  const count = isObject ? Object.keys(given).length : 0;
  const names = Array.from({ length: count }, (_, id) => (given as JsonObject)[id]);
  if (count === 0 || names.some((name) => typeof name !== "string"))
    throw configError("id2label", "an object of names by class, counted from 0", given);
  return names as string[];
}

/** `id2label`, else `num_labels` names as Hugging Face gives them. */
const labels: Field<readonly string[]> = {
  keys: ["id2label", "label2id", "num_labels"],
  read(json) {
    const given = json.id2label;
    if (given !== undefined && given !== null) return readNames(given);
    const count = labelCount.read(json);
    if (count > mostLabels) throw configError("num_labels", `at most ${mostLabels}`, count);
    return Array.from({ length: count }, (_, id) => `LABEL_${id}`);
  },
  write(json, names) {
    json.id2label = Object.fromEntries(names.entries());
    json.label2id = Object.fromEntries(names.map((name, id) => [name, id]));
    if (json.num_labels !== undefined) json.num_labels = names.length;
  },
};

const problemType = field<string | null>(
  "problem_type",
  null,
  '"single_label_classification", "regression" or null',
  (value) => value === "single_label_classification" || value === "regression",
);

/** The task that follows from the class, `problem_type` and the number of labels. */
const task = (modelType: ModelType): Field<EncoderTask> => {
  const [classifier, maskedLm] = ["ForSequenceClassification", "ForMaskedLM"].map(
    (suffix) => classNames[modelType] + suffix,
  ) as [string, string];
  return {
    keys: ["architectures", "problem_type"],
    read(json) {
      const { architectures } = json;
      const name = Array.isArray(architectures) ? architectures[0] : (architectures ?? classifier);
      if (name === maskedLm) return "masked-lm";
      if (name !== classifier)
        throw configError("architectures[0]", `"${classifier}" or "${maskedLm}"`, name);
      const problem = problemType.read(json);
      if (problem !== null) return problem === "regression" ? "regression" : "classification";
      return labels.read(json).length === 1 ? "regression" : "classification";
    },
    write(json, value) {
      json.architectures = [value === "masked-lm" ? maskedLm : classifier];
      if (value === "masked-lm") delete json.problem_type;
      else
        json.problem_type = value === "regression" ? "regression" : "single_label_classification";
    },
  };
};

function fields(modelType: ModelType, defaults: { vocabSize: number; padTokenId: number }) {
  const { dtype, vocabSize, initializerRange, tieWordEmbeddings } = sharedFields({
    architecture: "",
    vocabSize: defaults.vocabSize,
    bos: 0,
    eos: 0,
    tieWordEmbeddings: true,
  });
  const hiddenDropout = share("hidden_dropout_prob", 0.1);
  const table: FieldTable<Omit<EncoderConfig, "modelType" | "source" | "unknownKeys">> = {
    labels, // before the task, which depends on their number
    task: task(modelType),
    dtype,
    vocabSize,
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
    initializerRange,
    layerNormEps: positive("layer_norm_eps", 1e-12),
    padTokenId: integer("pad_token_id", defaults.padTokenId, 0),
    tieWordEmbeddings,
  };
  return table;
}

/** One table per family, with the defaults of Hugging Face's BertConfig and RobertaConfig. */
export const encoderFields = {
  bert: fields("bert", { vocabSize: 30522, padTokenId: 0 }),
  roberta: fields("roberta", { vocabSize: 50265, padTokenId: 1 }),
};
