import { sharedFields } from "../config/common-fields";
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
import type { LayerType } from "../config/layer-types";
import type { EncoderTask } from "./encoder-config";

/** Keeps a small file from requesting an unbounded number of names. */
const mostLabels = 100_000;

/** A dropout probability: at least 0 and below 1. */
export const share = (key: string, fallback: Default<number>): Field<number> =>
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
export const labels: Field<readonly string[]> = {
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
function task(className: string): Field<EncoderTask> {
  const classes = {
    classification: `${className}ForSequenceClassification`,
    "masked-lm": `${className}ForMaskedLM`,
    features: `${className}Model`,
  };
  return {
    keys: ["architectures", "problem_type"],
    read(json) {
      const { architectures } = json;
      const name = Array.isArray(architectures)
        ? architectures[0]
        : (architectures ?? classes.classification);
      if (name === classes["masked-lm"]) return "masked-lm";
      if (name === classes.features) return "features";
      if (name !== classes.classification)
        throw configError(
          "architectures[0]",
          `one of ${Object.values(classes)
            .map((known) => `"${known}"`)
            .join(", ")}`,
          name,
        );
      const problem = problemType.read(json);
      if (problem !== null) return problem === "regression" ? "regression" : "classification";
      return labels.read(json).length === 1 ? "regression" : "classification";
    },
    write(json, value) {
      json.architectures = [classes[value === "regression" ? "classification" : value]];
      if (value === "masked-lm" || value === "features") delete json.problem_type;
      else
        json.problem_type = value === "regression" ? "regression" : "single_label_classification";
    },
  };
}

/** Fields of all encoders. */
export function sharedEncoderFields(
  className: string,
  { vocabSize: size, padTokenId }: { vocabSize: number; padTokenId: number },
) {
  const { dtype, vocabSize, initializerRange, tieWordEmbeddings } = sharedFields({
    architecture: "",
    vocabSize: size,
    bos: 0,
    eos: 0,
    tieWordEmbeddings: true,
  });
  return {
    labels, // before the task, which depends on their number
    task: task(className),
    dtype,
    vocabSize,
    initializerRange,
    padTokenId: integer("pad_token_id", padTokenId, 0),
    tieWordEmbeddings,
  };
}

/** A field for each property of a configuration. */
export type EncoderFieldsOf<Config> = FieldTable<
  Omit<Config, "modelType" | "source" | "unknownKeys">
>;

/** One of the rotary bases, which newer files keep by the type of layer. */
export function layerTheta(key: string, type: LayerType, fallback: number): Field<number> {
  const plain = positive(key, () => fallback);
  return {
    ...plain,
    keys: [key, "rope_parameters"],
    read(json) {
      const inner = (json.rope_parameters as JsonObject | null | undefined)?.[type];
      const { rope_theta, rope_type = "default" } = (inner ?? {}) as JsonObject;
      if (rope_type !== "default")
        throw configError(`rope_parameters.${type}.rope_type`, '"default"', rope_type);
      return plain.read(rope_theta === undefined ? json : { [key]: rope_theta });
    },
  };
}
