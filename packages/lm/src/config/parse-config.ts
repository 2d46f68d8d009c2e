import { type Budget, type BudgetLimits, nearestName } from "@deepgrain/support";
import { having, LmError, optionsOf, refuseUnknown } from "../errors";
import { checkConfig } from "./check-config";
import { decoderKeys } from "./class-keys";
import { encoderTypes } from "./encoder-types";
import { familyFields } from "./family-fields";
import { type Fields, shortText, writeChanged } from "./field";
import type { ModelConfig } from "./model-config";
import { readFields } from "./read-fields";
import { wrappers } from "./wrappers";

/** The `model_type` values that {@link parseConfig} knows. */
export const supportedModelTypes = Object.keys(familyFields) as readonly ModelConfig["modelType"][];

/** The end of the error for a `model_type` that is not known: the nearest one, or who reads it. */
function hintOf(modelType: unknown, known: readonly string[]): string {
  if (typeof modelType !== "string" || modelType.length > 100) return "";
  if (encoderTypes.some((type) => type === modelType))
    return ", which is an encoder: loadEncoder reads it";
  const near = nearestName(modelType, known);
  return near === undefined ? "" : `; the nearest is ${near}`;
}

function fieldsOf(modelType: unknown): Fields {
  if (supportedModelTypes.includes(modelType as ModelConfig["modelType"])) {
    const table = familyFields[modelType as ModelConfig["modelType"]];
    return Object.entries(table);
  }
  const known = [...supportedModelTypes, ...Object.keys(wrappers)];
  const came = modelType === undefined ? "nothing" : shortText(modelType);
  throw new LmError(
    "ERR_CONFIG",
    `lm/parseConfig: model_type must be one of ${known.join(", ")}, got ${came}${hintOf(modelType, known)}`,
    { fields: { key: "model_type", value: modelType, supported: known } },
  );
}

/**
 * Returns the content of a config.json as a typed, checked configuration. Keys that are absent take the
 * defaults of the Hugging Face (or DeepSeek's released) configuration class of their `model_type`.
 * Both spellings of newer and older files are read: `dtype` and `torch_dtype`, `rope_parameters` and
 * `rope_scaling`, `rope_type` and `type`. Of a model of text and images (`gemma3`), `text_config` is read.
 *
 * @param json parsed config.json; it is kept as `source`, so that nothing of it is lost
 * @param options.budget by default 262,144 entries (values of any kind) and 8,388,608 bytes (characters of keys and strings)
 * @throws {LmError} `ERR_CONFIG` when `model_type` is unknown (listing the known ones) or a key has a wrong value
 *   (naming the key in the message and in `fields.key`); `ERR_LIMIT` for more than the budget
 */
export function parseConfig(
  json: unknown,
  options: { budget?: BudgetLimits | Budget | undefined } = {},
): ModelConfig {
  const { budget, ...rest } = optionsOf("parseConfig", options);
  refuseUnknown("parseConfig", rest, ["budget"]);
  const config = readFields(
    "parseConfig",
    json,
    fieldsOf,
    decoderKeys,
    budget,
  ) as unknown as ModelConfig;
  checkConfig(config);
  return config;
}

/**
 * Returns the config.json of a configuration. Keys that were read from a file stay unchanged, in the same order,
 * unknown keys included; only fields that were changed since then are rewritten.
 *
 * @param options.complete writes every known key, including defaults, for readers with other defaults. Default false.
 * @throws {LmError} `ERR_CONFIG` when a changed field has a wrong value
 */
export function toHuggingFace(
  config: ModelConfig,
  options: { complete?: boolean | undefined } = {},
): Record<string, unknown> {
  const { complete = false, ...rest } = optionsOf("toHuggingFace", options);
  refuseUnknown("toHuggingFace", rest);
  having("toHuggingFace", "config", config, "modelType");
  const json: Record<string, unknown> = { ...config.source, model_type: config.modelType };
  const fields = fieldsOf(config.modelType);
  const wanted = config as unknown as Record<string, unknown>;
  for (const [name, field] of complete ? fields : []) {
    const written = { ...json };
    field.write(written, wanted[name]);
    if (Object.keys(written).length > Object.keys(json).length) Object.assign(json, written);
  }
  writeChanged(json, fields, wanted);
  checkConfig(parseConfig(json));
  return json;
}

/**
 * Whether a layer has experts: there are any, the layer is not among the first dense ones, and its number is a
 * multiple of the frequency.
 *
 * @param layer index from 0
 * @see Dai et al. 2024 (DeepSeekMoE), released `modeling_deepseek.py`
 */
export function isMoeLayer(config: ModelConfig, layer: number): boolean {
  if ("decoderSparseStep" in config)
    return (
      config.nRoutedExperts !== null &&
      !config.mlpOnlyLayers.includes(layer) &&
      (layer + 1) % config.decoderSparseStep === 0
    );
  return (
    "nRoutedExperts" in config &&
    config.nRoutedExperts !== null &&
    layer >= config.firstKDenseReplace &&
    layer % config.moeLayerFreq === 0
  );
}
