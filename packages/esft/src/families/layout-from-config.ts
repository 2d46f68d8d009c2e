import { EsftError } from "../errors";
import { isObject, shortText } from "../files/json-object";
import { type ConfigFields, configFields } from "./config-fields";
import { deepseekLayout } from "./deepseek-layout";
import { mixtralLayout } from "./mixtral-layout";
import type { MoeFamily, MoeLayout } from "./moe-layout";
import { qwenLayout } from "./qwen-layout";

const layouts: Record<MoeFamily, (fields: ConfigFields) => MoeLayout> = {
  deepseek: (fields) => deepseekLayout("deepseek", fields),
  deepseek_v2: (fields) => deepseekLayout("deepseek_v2", fields),
  deepseek_v3: (fields) => deepseekLayout("deepseek_v3", fields),
  mixtral: mixtralLayout,
  qwen2_moe: (fields) => qwenLayout("qwen2_moe", fields),
  qwen3_moe: (fields) => qwenLayout("qwen3_moe", fields),
};

/**
 * The names under which a checkpoint stores its routers and experts, from its `config.json`.
 *
 * @param config the parsed file
 * @throws {EsftError} `ERR_RANGE` for an unknown family or a model without routed experts; `ERR_FORMAT`
 *   for a field that is missing or malformed
 */
export function layoutFromConfig(config: Readonly<Record<string, unknown>>): MoeLayout {
  if (!isObject(config))
    throw new EsftError("ERR_FORMAT", "esft/layoutFromConfig: config.json must be a JSON object", {
      fields: {
        file: "config.json",
      },
    });
  const family = config.model_type as MoeFamily;
  if (typeof family !== "string" || !Object.hasOwn(layouts, family))
    throw new EsftError(
      "ERR_RANGE",
      `esft/layoutFromConfig: config.json: model_type must be one of ${Object.keys(layouts).join(", ")}, got ${shortText(config.model_type)}`,
      { fields: { file: "config.json", key: "model_type", value: config.model_type } },
    );
  const layout = layouts[family](configFields(config));
  if (layout.nRouted === 0 || layout.moeLayers.length === 0)
    throw new EsftError(
      "ERR_RANGE",
      "esft/layoutFromConfig: config.json: the model must have routed experts, got none",
      { fields: { file: "config.json", nRouted: layout.nRouted, moeLayers: layout.moeLayers } },
    );
  return layout;
}
