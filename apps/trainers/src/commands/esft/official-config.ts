import { readFile } from "node:fs/promises";
import { FormatError } from "../../formats/read-json";

/** The flag that each key of the official training configuration stands for. */
const flagOf = {
  seed: "seed",
  seq_length: "sequence-length",
  per_device_batch_size: "batch-size",
  gradient_accumulation_steps: "gradient-accumulation",
  steps: "steps",
  learning_rate: "lr",
  warmup_steps: "warmup",
  weight_decay: "weight-decay",
  max_grad_norm: "max-grad-norm",
  random_concat_ratio: "random-concat-ratio",
  eval_steps: "evaluate-every",
  save_steps: "checkpoint-every",
} as const;

/** A flag that the file can set. */
export type OfficialFlag = (typeof flagOf)[keyof typeof flagOf];

/** Keys about devices and logging, which have no meaning here. */
const idleKeys = new Set(
  "n_device optim logging_steps adam_beta1 adam_beta2 gradient_checkpointing ep_size".split(" "),
);

/**
 * Values of a training configuration of the official repository, by flag: lines of `key: value`, with comments.
 * @param file what to call it in messages
 * @throws {FormatError} naming file and line for anything else, and for keys that are not known
 */
export function parseOfficialConfig(
  text: string,
  file: string,
): Partial<Record<OfficialFlag, string>> {
  const flags: Partial<Record<OfficialFlag, string>> = {};
  for (const [number, line] of text.split(/\r?\n/).entries()) {
    const content = line.replace(/(^|\s)#.*$/, "").trim();
    if (content === "") continue;
    const [, key, value] = /^(\w+)\s*:\s*(\S+)$/.exec(content) ?? [];
    if (key === undefined || !(Object.hasOwn(flagOf, key) || idleKeys.has(key)))
      throw new FormatError(
        `${file}: line ${number + 1} must be "key: value" with one of ${[...Object.keys(flagOf), ...idleKeys].join(", ")}, got "${content}"`,
      );
    if (Object.hasOwn(flagOf, key)) flags[flagOf[key as keyof typeof flagOf]] = value!;
  }
  return flags;
}

/** Reads such a file. @throws {FormatError} as `parseOfficialConfig` */
export const readOfficialConfig = async (
  file: string,
): Promise<Partial<Record<OfficialFlag, string>>> =>
  parseOfficialConfig(await readFile(file, "utf8"), file);
