import { having, LmError, optionsOf, refuseUnknown, textOf } from "../errors";
import { loadLinearEngine } from "../tokenizer/linear-engine";
import { formatError, isObject, parseJsonObject } from "./json-object";
import { modulePattern } from "./module-pattern";

/** The file name of the configuration in a LoRA folder. */
export const LORA_CONFIG_FILE = "adapter_config.json";

/** The settings in `adapter_config.json` of a LoRA adapter that the weights depend on. */
export interface LoraConfig {
  /** Inner width r of the factors. */
  readonly rank: number;
  /** The product of the factors is multiplied by alpha/r. */
  readonly alpha: number;
  /** Probability with which inputs of the factors are zeroed in training. */
  readonly dropout: number;
  /** Ends of module names, `"all-linear"`, or any other text: a regular expression that matches whole names. */
  readonly targetModules: readonly string[] | string;
  /** Modules that are stored in full. */
  readonly modulesToSave: readonly string[];
  /** Whether weights are stored [in, out], as GPT-2's are. */
  readonly fanInFanOut: boolean;
  /** Whether the factor is alpha/√r instead. */
  readonly useRslora: boolean;
  /** Ranks of single modules, by end of name or regular expression. */
  readonly rankPattern: Readonly<Record<string, number>>;
  /** Alphas of single modules, by end of name or regular expression. */
  readonly alphaPattern: Readonly<Record<string, number>>;
  /** Name or path of the base model. */
  readonly baseModel: string | null;
  /** Runs the patterns on an engine where a malicious one may never terminate. Default false. */
  readonly trustPatterns?: boolean | undefined;
}

/** The comparison method of the paper: rank 8, scale 2, all linear weights but embeddings and head. */
export const defaultLoraConfig: LoraConfig = {
  rank: 8,
  alpha: 16,
  dropout: 0,
  targetModules: "all-linear",
  modulesToSave: [],
  fanInFanOut: false,
  useRslora: false,
  rankPattern: {},
  alphaPattern: {},
  baseModel: null,
};

const isText = (value: unknown): value is string => typeof value === "string";
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
const isRank = (n: unknown) => Number.isSafeInteger(n) && (n as number) > 0;
const isAlpha = (n: unknown) => typeof n === "number" && n > 0 && n < Infinity;

/** Most patterns of a kind: published adapters have one per module, at most some hundreds. */
const MOST_PATTERNS = 1024;

/** Values by pattern. @throws {LmError} `ERR_FORMAT` naming file, key and pattern; `ERR_LIMIT` for too many */
function patternsOf(
  json: Record<string, unknown>,
  key: string,
  isRight: (value: unknown) => boolean,
  { file, trustPatterns }: { file: string; trustPatterns: boolean },
): Record<string, number> {
  const patterns = json[key] ?? {};
  const wanted = key === "rank_pattern" ? "whole and at least 1" : "above 0";
  if (!isObject(patterns) || !Object.values(patterns).every(isRight))
    throw formatError(file, key, `numbers by pattern, ${wanted}`, patterns);
  const count = Object.keys(patterns).length;
  if (count > MOST_PATTERNS)
    throw new LmError(
      "ERR_LIMIT",
      `lm/files: ${file}: ${key} must have at most ${MOST_PATTERNS} patterns, got ${count}`,
      { fields: { file, key, count } },
    );
  for (const pattern of Object.keys(patterns))
    checkPattern(`${key}["${pattern.slice(0, 80)}"]`, pattern, { file, trustPatterns });
  return patterns as Record<string, number>;
}

/** @throws {LmError} `ERR_FORMAT` for an expression that is malformed or cannot be run in linear time */
function checkPattern(
  key: string,
  pattern: string,
  { file, trustPatterns }: { file: string; trustPatterns: boolean },
): void {
  try {
    modulePattern(pattern, { trustPatterns });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const wanted = `a regular expression that runs in linear time (${reason}; or pass trustPatterns: true)`;
    throw formatError(file, key, wanted, pattern);
  }
}

/**
 * Reads PEFT's `adapter_config.json`.
 *
 * @param options.trustPatterns runs regular expressions of the file on JavaScript's engine, where a malicious one may
 *   never terminate; default false: they run on a linear-time engine, which rejects what it cannot express
 * @throws {LmError} `ERR_FORMAT` naming file, key and what was expected; also for types of adapters other than plain
 *   LoRA (DoRA, trained biases, another `peft_type`)
 * @see Hu et al. 2022 (LoRA); file format of the PEFT library
 */
export async function parseLoraConfig(
  text: string,
  options: { file?: string | undefined; trustPatterns?: boolean | undefined } = {},
): Promise<LoraConfig> {
  const {
    file = LORA_CONFIG_FILE,
    trustPatterns = false,
    ...rest
  } = optionsOf("parseLoraConfig", options);
  refuseUnknown("parseLoraConfig", rest);
  const json = parseJsonObject(text, file);
  const hasPatterns = ["target_modules", "rank_pattern", "alpha_pattern"].some(
    (key) => isText(json[key]) || (isObject(json[key]) && Object.keys(json[key]).length > 0),
  );
  if (hasPatterns && !trustPatterns) await loadLinearEngine();
  const read = <T>(
    key: string,
    fallback: T,
    wanted: string,
    isRight: (value: unknown) => boolean,
  ): T => {
    const value = json[key] ?? fallback;
    if (!isRight(value)) throw formatError(file, key, wanted, value);
    return value as T;
  };
  read("peft_type", "LORA", '"LORA"', (value) => value === "LORA");
  read("bias", "none", '"none": trained biases are not supported', (value) => value === "none");
  read("use_dora", false, "false: DoRA is not supported", (value) => value === false);
  const flag = (value: unknown) => typeof value === "boolean";
  return {
    rank: read("r", 0, "a whole number of at least 1", isRank),
    alpha: read("lora_alpha", 0, "a number above 0", isAlpha),
    dropout: read(
      "lora_dropout",
      0,
      "a probability",
      (p) => typeof p === "number" && p >= 0 && p < 1,
    ),
    targetModules: targets(json.target_modules ?? [], { file, trustPatterns }),
    modulesToSave: read("modules_to_save", [], "a list of names", isTexts),
    fanInFanOut: read("fan_in_fan_out", false, "true or false", flag),
    useRslora: read("use_rslora", false, "true or false", flag),
    rankPattern: patternsOf(json, "rank_pattern", isRank, { file, trustPatterns }),
    alphaPattern: patternsOf(json, "alpha_pattern", isAlpha, { file, trustPatterns }),
    baseModel: read(
      "base_model_name_or_path",
      null,
      "text",
      (name) => name === null || isText(name),
    ),
    ...(trustPatterns && { trustPatterns }),
  };
}

function targets(
  value: unknown,
  options: { file: string; trustPatterns: boolean },
): LoraConfig["targetModules"] {
  if (isTexts(value)) return value;
  if (!isText(value))
    throw formatError(
      options.file,
      "target_modules",
      'a list of names, a pattern or "all-linear"',
      value,
    );
  if (value.toLowerCase() === "all-linear") return "all-linear";
  checkPattern("target_modules", value, options);
  return value;
}

/** The configuration as text in PEFT's format. */
export function formatLoraConfig(config: LoraConfig): string {
  return `${JSON.stringify(
    {
      peft_type: "LORA",
      task_type: "CAUSAL_LM",
      base_model_name_or_path: config.baseModel,
      inference_mode: true,
      r: config.rank,
      lora_alpha: config.alpha,
      lora_dropout: config.dropout,
      bias: "none",
      fan_in_fan_out: config.fanInFanOut,
      target_modules: config.targetModules,
      modules_to_save: config.modulesToSave.length > 0 ? config.modulesToSave : null,
      use_rslora: config.useRslora,
      use_dora: false,
      rank_pattern: config.rankPattern,
      alpha_pattern: config.alphaPattern,
    },
    null,
    2,
  )}\n`;
}

function patternValue(
  patterns: Readonly<Record<string, number>>,
  module: string,
  { trustPatterns = false }: LoraConfig,
): number | undefined {
  for (const [pattern, value] of Object.entries(patterns))
    if (modulePattern(pattern, { trustPatterns })(module)) return value;
  return undefined;
}

/** The rank of one module's factors. */
export function loraRank(config: LoraConfig, module: string): number {
  having("loraRank", "config", config, "rank", "rankPattern");
  textOf("loraRank", "module", module);
  return patternValue(config.rankPattern, module, config) ?? config.rank;
}

/** The scale of one module's product B·A: alpha/r, or alpha/√r with `useRslora`. */
export function loraScale(config: LoraConfig, module: string): number {
  const alpha = patternValue(config.alphaPattern, module, config) ?? config.alpha;
  const rank = loraRank(config, module);
  return alpha / (config.useRslora ? Math.sqrt(rank) : rank);
}
