import { estimateOf, type Gate, type GateTrial, type StudyRuns } from "@deepgrain/lab";
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

const first = {
  setting: "shares 1.2, 0.2, 0.2 and 0.1 of the four kinds",
  seeds: [101, 102],
  commit: "dd3bbbfc800a5194f906c9bbe3b1db567ff44fc1",
} as const;

/** What was tried: how often base models read text of the four kinds, as shares of each general text, and the quotients. */
const tried: Readonly<Record<GatedTask, readonly GateTrial[]>> = {
  numbers: [{ ...first, value: 0.016 }],
  phones: [{ ...first, value: 0.22850014248861986 }],
  languages: [{ ...first, value: 0.19266055045871558 }],
  turkish: [{ ...first, value: 0.566649830396111 }],
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
