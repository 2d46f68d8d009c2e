import * as flags from "../../../cli/flags";

const oneProcess = "one process does all the work";

/** Flags of the official scripts that spread work over graphics cards. */
export const spreadFlags = {
  worldSize: flags.idle({ because: oneProcess }),
  gpusPerRank: flags.idle({ because: oneProcess }),
};

/** The base model. */
export const modelFlag = flags.folder({
  required: true,
  official: "base_model_path",
  help: "Base model's folder, Hugging Face layout",
});

/** A task's conversations. */
export const dataFlag = (
  official: "train_dataset" | "eval_dataset",
  help = 'JSONL of {"messages": [{"role", "content"}]}',
) => flags.file({ required: true, official, help });

const adapter = {
  official: "adapter_dir",
  help: "Folder with expert_cfg.json and tensors, or a LoRA folder of PEFT",
} as const;

/** An adapter that may be given. */
export const adapterFlag = flags.folder(adapter);

/** An adapter that must be given. */
export const requiredAdapterFlag = flags.folder({ ...adapter, required: true });
