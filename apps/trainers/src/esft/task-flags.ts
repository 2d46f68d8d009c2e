import type { Tokenizer } from "@deepgrain/lm";
import { shuffled } from "@deepgrain/studies/shared/tasks/shuffled";
import * as flags from "../cli/flags";
import { readTaskRecords } from "./task-records";

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
) =>
  flags.file({
    required: true,
    official,
    help: `${help}; or NAME for datasets/${official.slice(0, official.indexOf("_"))}/NAME.jsonl`,
  });

/** An adapter. */
export const adapterFlag = {
  official: "adapter_dir",
  help: "Folder with expert_cfg.json and tensors, or a LoRA folder of PEFT",
} as const;

/** The conversations (or instructions) of a task file, encoded and in an order that follows from the seed. */
export async function taskSamples(file: string, tokenizer: Tokenizer, seed: number) {
  return shuffled((await readTaskRecords(file, tokenizer)).samples, seed);
}
