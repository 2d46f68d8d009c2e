import type { Budget, BudgetLimits } from "@deepgrain/support";
import { encoderTypes } from "../config/encoder-types";
import { configError, type Fields, shortText, writeChanged } from "../config/field";
import { supportedModelTypes } from "../config/parse-config";
import { readFields } from "../config/read-fields";
import { having, LmError, optionsOf, refuseUnknown } from "../errors";
import type { EncoderConfig } from "./encoder-config";
import { encoderFamilies, encoderFamily } from "./families";
import { longestRow } from "./longest-row";

/** The `model_type` values that {@link parseEncoderConfig} knows. */
export const encoderModelTypes: readonly EncoderConfig["modelType"][] = encoderTypes;

/** Keeps a small file from describing a model of unbounded size. */
const mostLayers = 10_000;

const encoderKeys = Object.fromEntries(
  encoderTypes.map((modelType) => [modelType, encoderFamily({ modelType }).keys]),
);

function fieldsOf(modelType: unknown): Fields {
  const known = encoderModelTypes.find((type) => type === modelType);
  if (known) return Object.entries(encoderFamilies[known].fields);
  const isDecoder = supportedModelTypes.some((type) => type === modelType);
  const hint = isDecoder ? ", which is a decoder: loadModel reads it" : "";
  throw new LmError(
    "ERR_CONFIG",
    `lm/parseEncoderConfig: model_type must be one of ${encoderModelTypes.join(", ")}, got ${shortText(modelType)}${hint}`,
    { fields: { key: "model_type", value: modelType, supported: encoderModelTypes } },
  );
}

/** Checks conditions over several keys. @throws {LmError} `ERR_CONFIG` naming the key */
function check(config: EncoderConfig): void {
  const { hiddenSize, numAttentionHeads, numHiddenLayers, vocabSize, padTokenId } = config;
  if (numHiddenLayers > mostLayers)
    throw configError("num_hidden_layers", `at most ${mostLayers}`, numHiddenLayers);
  if (hiddenSize % numAttentionHeads !== 0)
    throw configError(
      "num_attention_heads",
      `a divisor of hidden_size ${hiddenSize}`,
      numAttentionHeads,
    );
  if (encoderFamily(config).positions === "rotary" && (hiddenSize / numAttentionHeads) % 2 !== 0)
    throw configError("hidden_size", "even for each head", hiddenSize / numAttentionHeads);
  if (config.modelType === "modernbert" && config.layerTypes.length < numHiddenLayers)
    throw configError("layer_types", `a list of ${numHiddenLayers} types`, config.layerTypes);
  if (padTokenId >= vocabSize)
    throw configError("pad_token_id", `below vocab_size ${vocabSize}`, padTokenId);
  if (longestRow(config) < 1)
    throw configError(
      "max_position_embeddings",
      `above pad_token_id ${padTokenId} + 1`,
      config.maxPositionEmbeddings,
    );
  if (config.task === "regression" && config.labels.length !== 1)
    throw configError("num_labels", "1 for regression", config.labels.length);
}

/**
 * Returns the config.json of an encoder as a typed, checked configuration. Absent keys take the defaults of
 * the Hugging Face configuration class.
 *
 * @param json parsed config.json; it is kept as `source`, so that nothing of it is lost
 * @param options.budget as of `parseConfig`
 * @throws {LmError} `ERR_CONFIG` for another `model_type` or class (listing the known ones) or a key with a wrong value
 *   (naming the key in the message and in `fields.key`); `ERR_LIMIT` for more than the budget
 */
export function parseEncoderConfig(
  json: unknown,
  options: { budget?: BudgetLimits | Budget | undefined } = {},
): EncoderConfig {
  const { budget, ...rest } = optionsOf("parseEncoderConfig", options);
  refuseUnknown("parseEncoderConfig", rest, ["budget"]);
  const read = readFields("parseEncoderConfig", json, fieldsOf, encoderKeys, budget);
  const config = read as unknown as EncoderConfig;
  check(config);
  return config;
}

/**
 * Returns the config.json of an encoder's configuration: keys that were read from a file stay unchanged, and fields
 * that were changed since then are rewritten.
 *
 * @throws {LmError} `ERR_CONFIG` when a changed field has a wrong value
 */
export function encoderConfigJson(config: EncoderConfig): Record<string, unknown> {
  having("encoderConfigJson", "config", config, "modelType");
  const json: Record<string, unknown> = { ...config.source, model_type: config.modelType };
  writeChanged(
    json,
    fieldsOf(config.modelType),
    config as unknown as Readonly<Record<string, unknown>>,
  );
  parseEncoderConfig(json);
  return json;
}
