import { fileNameOf } from "@deepgrain/files";
import { readText } from "../files/text-files";
import { type Metric, taskMetrics } from "../metrics/evaluate-predictions";
import {
  type EvalRecord,
  parseEvalRecords,
  parseTrainRecords,
  type TrainRecord,
} from "./task-data";

/** What a task's file holds: conversations to train on, or prompts to answer. */
export type TaskFile = {
  /** Metric of the task that the file is named for, `law` in `law-eval.jsonl`; undefined for other names. */
  metric: Extract<Metric, string> | undefined;
} & ({ kind: "train"; records: TrainRecord[] } | { kind: "eval"; records: EvalRecord[] });

/** Whether the first line has a prompt. What is wrong with a line that is no JSON, the reader of training files says. */
function holdsPrompts(text: string): boolean {
  try {
    return "prompt" in JSON.parse(text.split("\n").find((line) => line.trim() !== "") ?? "");
  } catch {
    return false;
  }
}

/**
 * Reads a task's file of either kind.
 * @throws {EsftError} `ERR_IO`; as `parseTrainRecords` and `parseEvalRecords`
 */
export async function readTaskFile(file: string): Promise<TaskFile> {
  const text = await readText(file);
  const [task = ""] = /^[a-z]+/i.exec(fileNameOf(file)) ?? [];
  const metric = taskMetrics[task.toLowerCase()];
  return holdsPrompts(text)
    ? { metric, kind: "eval", records: parseEvalRecords(text, { file }) }
    : { metric, kind: "train", records: parseTrainRecords(text, { file }) };
}
