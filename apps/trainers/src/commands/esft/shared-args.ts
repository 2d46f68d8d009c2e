/** The base model; the second name is the official scripts'. */
export const modelArg = {
  type: "string",
  required: true,
  valueHint: "dir",
  alias: "base_model_path",
  description: "Base model's folder, Hugging Face layout",
} as const;

/** A task's conversations. */
export const dataArg = (alias: "train_dataset" | "eval_dataset") =>
  ({
    type: "string",
    required: true,
    valueHint: "file",
    alias,
    description: 'JSONL of {"messages": [{"role", "content"}]}',
  }) as const;

/** An adapter, needed or not. */
export const adapterArg = <const Required extends boolean>(required: Required) =>
  ({
    type: "string",
    required,
    valueHint: "dir",
    alias: "adapter_dir",
    description: "Folder with expert_cfg.json and tensors",
  }) as const;
