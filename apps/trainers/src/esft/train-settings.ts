import { readFile } from "node:fs/promises";
import { pairsOf } from "@deepgrain/command-line/configuration/yaml-pairs";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { layoutFromConfig, readExpertConfig, type TuningMethod } from "@deepgrain/esft";
import type { ModelConfig } from "@deepgrain/lm";
import type { MemoryRun } from "@deepgrain/moe";
import { checkForm, FormatError } from "@deepgrain/studies/shared/read-json";
import type { Recipe } from "@deepgrain/studies/shared/training/run-training";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { z } from "zod";
import {
  type methodFlags,
  type Settings,
  settingFlags,
  settingNames,
  type trainFlags,
} from "./flags";

/** The format of the training data, which determines some defaults. */
export type DataForm = "messages" | "alpaca";

/**
 * Defaults for Alpaca-style data, those of DeepSeekMoE's own fine-tuning script.
 * @see DeepSeek-AI, DeepSeekMoE, official repository, `finetune/`
 */
const alpaca = {
  settings: { sequenceLength: 1024, batchSize: 16, gradientAccumulation: 4, lr: 2e-5, warmup: 10 },
  /** Instead of a number of steps. */
  epochs: 3,
  lora: { alpha: 32, dropout: 0.1 },
};

/** The flag that each key of the official training configuration stands for. */
const flagOf: Readonly<Record<string, keyof Settings>> = {
  seed: "seed",
  seq_length: "sequenceLength",
  per_device_batch_size: "batchSize",
  gradient_accumulation_steps: "gradientAccumulation",
  steps: "steps",
  learning_rate: "lr",
  warmup_steps: "warmup",
  weight_decay: "weightDecay",
  max_grad_norm: "maxGradNorm",
  random_concat_ratio: "randomConcatRatio",
  eval_steps: "evaluateEvery",
  save_steps: "checkpointEvery",
};

/** Keys about devices and logging, which have no meaning here. */
const idleKeys = "n_device optim logging_steps adam_beta1 adam_beta2 ep_size".split(" ");

const schema = z.strictObject({
  ...Object.fromEntries(idleKeys.map((key) => [key, z.unknown().optional()])),
  ...Object.fromEntries(Object.keys(flagOf).map((key) => [key, z.number().optional()])),
  gradient_checkpointing: z.boolean().optional(),
});

const placeOf = (spelling: string) => ({ spelling, resolve: (path: string) => path });

/**
 * Values of a training configuration of the official repository (YAML), by flag, checked as the flags are.
 * @param file what to call it in messages
 * @throws {FormatError} naming file, place and key for what is not YAML or has more than 64 KiB, unknown keys and values that are not numbers;
 *   {UsageError} naming file and flag
 */
export function parseOfficialConfig(
  text: string,
  file: string,
): Partial<Settings> & { gradientCheckpointing?: boolean | undefined } {
  let yaml: unknown;
  try {
    // An object, which no key has as its value, becomes an empty one.
    yaml = Object.fromEntries(pairsOf(text, file).map(({ key, value = {} }) => [key, value]));
  } catch (cause) {
    throw new FormatError(`${file}: not YAML (${(cause as Error).message})`, { cause });
  }
  const settings: Partial<Settings> = {};
  const { gradient_checkpointing: gradientCheckpointing, ...numbers } = checkForm(
    yaml,
    schema,
    file,
  );
  for (const [key, value] of Object.entries(numbers)) {
    const name = flagOf[key];
    if (name === undefined || value === undefined) continue;
    settings[name] = settingFlags[name].read(String(value), placeOf(`${file}: ${name}`));
  }
  return { ...settings, gradientCheckpointing };
}

/**
 * The settings of a training: flags before the file of `--train-config` before defaults of the data's form before others.
 * @returns `epochs` where they decide the number of steps
 * @throws {UsageError} naming what is outside its range; {FormatError} for the file
 */
export async function readTrainSettings(
  {
    trainConfig: file,
    ...given
  }: Pick<Values<typeof trainFlags>, keyof Settings | "gradientCheckpointing" | "trainConfig">,
  form: DataForm,
) {
  const fromFile: ReturnType<typeof parseOfficialConfig> =
    file === undefined ? {} : parseOfficialConfig(await readFile(file, "utf8"), file);
  const isAlpaca = form === "alpaca";
  const ofForm: Partial<Settings> = isAlpaca ? alpaca.settings : {};
  const settings = Object.fromEntries(
    settingNames.map((name) => [
      name,
      given[name] ?? fromFile[name] ?? ofForm[name] ?? settingFlags[name].fallback(placeOf("")),
    ]),
  ) as Settings;
  const { lr, warmup, maxGradNorm, ...rest } = settings;
  const schedule = isAlpaca
    ? ({ schedule: "cosine", finalShare: 0 } as const)
    : { schedule: "constant" as const };
  const limits = { ...schedule, maxGradNorm: maxGradNorm || Infinity };
  const gradientCheckpointing =
    given.gradientCheckpointing ?? fromFile.gradientCheckpointing ?? false;
  const recipe: Recipe = { ...rest, lr, warmup, gradientCheckpointing, ...limits };
  const { checkpointEvery: _, steps: __, ...decisive } = settings;
  const hasSteps = (given.steps ?? fromFile.steps) !== undefined;
  const epochs = isAlpaca && !hasSteps ? alpaca.epochs : undefined;
  return { ...settings, recipe, decisive, epochs };
}

export type MethodFlags = Values<typeof methodFlags>;

/** The method that the flags select. @throws {UsageError} for `esft` without a configuration; {EsftError} as `readExpertConfig` */
export async function methodOf(
  values: MethodFlags,
  model: ModelConfig,
  form: DataForm,
): Promise<TuningMethod> {
  const { method, expertConfig: file } = values;
  if (method === "full") return { kind: "full" };
  if (file === undefined) {
    if (method === "lora") return loraOf(values, model, form);
    throw new UsageError("--method esft needs --expert-config");
  }
  const config = await readExpertConfig(file, { layout: layoutFromConfig(model.source) });
  if (method === "esft") return { kind: "experts", config };
  return { ...loraOf(values, model, form), experts: config.experts };
}

type LoraMethod = Extract<TuningMethod, { kind: "lora" }>;

/** The settings of low-rank factors. */
function loraOf(
  { loraRank: rank, loraAlpha, loraDropout, loraSave }: MethodFlags,
  { tieWordEmbeddings }: Pick<ModelConfig, "tieWordEmbeddings">,
  form: DataForm,
): LoraMethod {
  const isAlpaca = form === "alpaca";
  const whole = tieWordEmbeddings ? ["embed_tokens"] : ["embed_tokens", "lm_head"];
  const named = loraSave?.split(",").map((name) => name.trim());
  return {
    kind: "lora",
    rank,
    alpha: loraAlpha ?? (isAlpaca ? alpaca.lora.alpha : 2 * rank),
    dropout: loraDropout ?? (isAlpaca ? alpaca.lora.dropout : 0),
    modulesToSave: (named ?? (isAlpaca ? whole : [])).filter((name) => name !== ""),
  };
}

/** The trained parts, for the memory estimate; LoRA factors are not counted. */
export function trainedParts(method: TuningMethod): NonNullable<MemoryRun["trained"]> {
  if (method.kind === "full") return {};
  if (method.kind === "lora") return { experts: 0, sharedExperts: false, others: false };
  const { experts, sharedExperts, nonExpertModules: others } = method.config;
  const count = [...experts.values()].reduce((sum, ids) => sum + ids.length, 0);
  return { experts: count / Math.max(1, experts.size), sharedExperts, others };
}
