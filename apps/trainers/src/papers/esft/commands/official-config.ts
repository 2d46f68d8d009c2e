import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";
import { checkForm, FormatError } from "../../../formats/read-json";

/** The flag that each key of the official training configuration stands for. */
const flagOf = {
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
} as const;

type OfficialKey = keyof typeof flagOf;

/** A flag that the file can set. */
export type OfficialFlag = (typeof flagOf)[OfficialKey];

/** Keys about devices and logging, which have no meaning here. */
const idleKeys =
  "n_device optim logging_steps adam_beta1 adam_beta2 gradient_checkpointing ep_size".split(" ");

const schema = z.strictObject({
  ...Object.fromEntries(idleKeys.map((key) => [key, z.unknown().optional()])),
  ...Object.fromEntries(Object.keys(flagOf).map((key) => [key, z.number().optional()])),
});

function parseYaml(text: string, file: string): unknown {
  try {
    return parse(text) ?? {};
  } catch (cause) {
    throw new FormatError(`${file}: not YAML (${(cause as Error).message})`, { cause });
  }
}

/**
 * Values of a training configuration of the official repository (YAML), by flag.
 * @param file what to call it in messages
 * @throws {FormatError} naming file, place and key for what is not YAML, keys that are not known and values that are no numbers
 */
export function parseOfficialConfig(
  text: string,
  file: string,
): Partial<Record<OfficialFlag, number>> {
  const values = checkForm(parseYaml(text, file), schema, file);
  const set = Object.entries(values).filter(([key, value]) => key in flagOf && value !== undefined);
  return Object.fromEntries(set.map(([key, value]) => [flagOf[key as OfficialKey], value]));
}

/** Reads such a file. @throws {FormatError} as `parseOfficialConfig` */
export const readOfficialConfig = async (
  file: string,
): Promise<Partial<Record<OfficialFlag, number>>> =>
  parseOfficialConfig(await readFile(file, "utf8"), file);
