/** A flag of the official scripts in both spellings: with underscores and with hyphens. */
export const official = (flag: string): string[] => [flag, flag.replaceAll("_", "-")];

const idle = (flag: string, reason: string) =>
  ({
    type: "string",
    alias: flag,
    description: `Of the official script; no effect: ${reason}`,
  }) as const;

const oneProcess = "one process does all the work";

/** Flags of the official scripts that spread work over graphics cards. */
export const spreadArgs = {
  "world-size": idle("world_size", oneProcess),
  "gpus-per-rank": idle("gpus_per_rank", oneProcess),
} as const;

/** Flag of the official script for tasks that a model marks. */
export const judgeArgs = {
  "openai-api-key": idle("openai_api_key", "no judging model is asked"),
} as const;

/** The base model. */
export const modelArg = {
  type: "string",
  required: true,
  valueHint: "dir",
  alias: official("base_model_path"),
  description: "Base model's folder, Hugging Face layout",
} as const;

/** A task's conversations. */
export const dataArg = (alias: "train_dataset" | "eval_dataset") =>
  ({
    type: "string",
    required: true,
    valueHint: "file",
    alias: official(alias),
    description: 'JSONL of {"messages": [{"role", "content"}]}',
  }) as const;

/** An adapter, needed or not. */
export const adapterArg = <const Required extends boolean>(required: Required) =>
  ({
    type: "string",
    required,
    valueHint: "dir",
    alias: official("adapter_dir"),
    description: "Folder with expert_cfg.json and tensors, or a LoRA folder of PEFT",
  }) as const;
