import { EsftError, having, optionsOf, refuseUnknown, textOf } from "../errors";
import { expertCounts, type MoeLayout } from "../families/moe-layout";
import { formatError, isObject, numberKey, parseJsonObject } from "../files/json-object";
import { readText, writeText } from "../files/text-files";
import { checkExpertConfig } from "../selection/check-expert-config";
import type { ExpertConfig } from "../selection/expert-config";

/** The name of the file in an adapter folder. */
export const EXPERT_CONFIG_FILE = "expert_cfg.json";

const isExpert = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

/**
 * Reads the official format: `{"experts": {"1": [12, 40]}, "shared_experts": false, "non_expert_modules": false}`.
 * Missing booleans are false, other keys are ignored.
 *
 * @param options.file what to call it in messages
 * @throws {EsftError} `ERR_FORMAT` naming file, key and what was expected: not JSON, a layer that is not a number, a
 *   list with entries other than expert numbers or with duplicates
 */
export function parseExpertConfig(
  text: string,
  options: { file?: string | undefined } = {},
): ExpertConfig {
  const { file = EXPERT_CONFIG_FILE, ...rest } = optionsOf("parseExpertConfig", options);
  refuseUnknown("parseExpertConfig", rest);
  const json = parseJsonObject(text, file);
  if (!isObject(json.experts))
    throw formatError(file, "experts", "an object of lists by layer", json.experts);
  const experts = new Map<number, readonly number[]>();
  for (const [key, list] of Object.entries(json.experts)) {
    const layer = numberKey(file, "experts", key);
    if (!Array.isArray(list) || !list.every(isExpert))
      throw formatError(file, `experts["${key}"]`, "a list of expert numbers", list);
    if (new Set(list).size !== list.length)
      throw formatError(file, `experts["${key}"]`, "a list without repetition", list);
    experts.set(layer, list);
  }
  const flag = (key: string): boolean => {
    const value = json[key] ?? false;
    if (typeof value !== "boolean") throw formatError(file, key, "true or false", value);
    return value;
  };
  return {
    experts,
    sharedExperts: flag("shared_experts"),
    nonExpertModules: flag("non_expert_modules"),
  };
}

/** The official format as text, layers ascending. */
export function formatExpertConfig(config: ExpertConfig): string {
  having("formatExpertConfig", "config", config, "experts", "sharedExperts", "nonExpertModules");
  const layers = [...config.experts].sort(([a], [b]) => a - b);
  return `${JSON.stringify({
    experts: Object.fromEntries(layers),
    shared_experts: config.sharedExperts,
    non_expert_modules: config.nonExpertModules,
  })}\n`;
}

const trainsNothing = ({ experts, sharedExperts, nonExpertModules }: ExpertConfig): boolean =>
  !sharedExperts && !nonExpertModules && [...experts.values()].every((ids) => ids.length === 0);

/**
 * Reads a configuration of a model's experts.
 *
 * @param options.layout of the model to be trained: the configuration must fit it and select something to train
 * @throws {EsftError} `ERR_IO` when reading fails; `ERR_FORMAT` as `parseExpertConfig`; with a layout `ERR_MISMATCH` and
 *   `ERR_RANGE` as `checkExpertConfig`, and `ERR_MISSING` when nothing would be trained
 */
export async function readExpertConfig(
  file: string,
  options: { layout?: MoeLayout | undefined } = {},
): Promise<ExpertConfig> {
  const { layout, ...rest } = optionsOf("readExpertConfig", options);
  refuseUnknown("readExpertConfig", rest);
  const config = parseExpertConfig(await readText(file), { file });
  if (!layout) return config;
  checkExpertConfig(config, expertCounts(layout), { file });
  if (!trainsNothing(config)) return config;
  throw new EsftError(
    "ERR_MISSING",
    `esft/expertConfig: ${file}: experts must name at least one expert unless shared_experts or non_expert_modules is true`,
    { fields: { file, key: "experts" } },
  );
}

/** Writes the file atomically. @throws {EsftError} `ERR_IO` */
export async function writeExpertConfig(file: string, config: ExpertConfig): Promise<void> {
  textOf("writeExpertConfig", "file", file);
  having("writeExpertConfig", "config", config, "experts", "sharedExperts", "nonExpertModules");
  await writeText(file, formatExpertConfig(config));
}
