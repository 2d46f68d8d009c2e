import { estimateOf, type Gate, type StudyRuns } from "@deepgrain/lab";
import type { TaskId } from "../shared/tasks/tuning-task-ids";
import { taskOf } from "../shared/tasks/tuning-tasks";
import { type EsftResult, tuned } from "./quantities";
import type { EsftSettings } from "./recipe";

type Runs = StudyRuns<EsftSettings, EsftResult>;

/** The mean mark of the base models on a task over that of full fine-tuning; null where one of both was not run. */
function shareBefore(runs: Runs, task: TaskId): number | null {
  const of = (method: string) => estimateOf(tuned("mark", method, "", [task]), runs)?.mean;
  const [before, full] = [of("vanilla"), of("full")];
  return before === undefined || full === undefined || full === 0 ? null : before / full;
}

/** The tasks of the gate. */
type GatedTask = "numbers" | "phones" | "languages" | "turkish";

/** What was tried: the share of base models' text that is of a task's kind, and its quotient. */
const tried: Readonly<Record<GatedTask, readonly GateTrial[]>> = {
  numbers: [],
  phones: [],
  languages: [],
  turkish: [],
};

/** What full fine-tuning gained in marks at the last of them, in points. */
export const gains: Readonly<Record<GatedTask, number>> = {
  numbers: 50,
  phones: 50,
  languages: 50,
  turkish: 50,
};

/** Base models have to know each task a little. Measured on them and on full fine-tuning alone, on seeds that no recording uses. */
export const gates: readonly Gate<EsftResult, EsftSettings>[] = (
  Object.keys(tried) as GatedTask[]
).map((task) => ({
  measure: `${taskOf(task).name}, mark before tuning over that of full fine-tuning`,
  least: 0.2,
  most: 0.6,
  read: (runs) => shareBefore(runs, task),
  tried: tried[task],
}));
