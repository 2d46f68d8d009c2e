import { fileNameOf } from "@deepgrain/support/files";
import { readText } from "../files/text-files";
import { type Metric, taskMetrics } from "../metrics/evaluate-predictions";
import {
  type EvalRecord,
  parseEvalRecords,
  parseTrainRecords,
  type TrainRecord,
} from "./task-data";

/** The content of a task's file: conversations to train on, or prompts to answer. */
export type TaskFile = {
  /** The word at the start of the file's name, in lower case: `law` of `law-eval.jsonl`. */
  task: string;
  /** Metric of the official task of that name; undefined for other names. */
  metric: Extract<Metric, string> | undefined;
} & ({ kind: "train"; records: TrainRecord[] } | { kind: "eval"; records: EvalRecord[] });

/** Whether the first line has a prompt. The reader of training files reports a line that is not JSON. */
function holdsPrompts(text: string): boolean {
  try {
    return "prompt" in JSON.parse(text.split("\n").find((line) => line.trim() !== "") ?? "");
  } catch {
    return false;
  }
}

/**
 * Reads a task's file of either type.
 * @throws {EsftError} `ERR_IO`; as `parseTrainRecords` and `parseEvalRecords`
 */
export async function readTaskFile(file: string): Promise<TaskFile> {
  const text = await readText(file);
  const [name = ""] = /^[a-z]+/i.exec(fileNameOf(file)) ?? [];
  const task = name.toLowerCase();
  const named = { task, metric: taskMetrics[task] };
  return holdsPrompts(text)
    ? { ...named, kind: "eval", records: parseEvalRecords(text, { file }) }
    : { ...named, kind: "train", records: parseTrainRecords(text, { file }) };
}
