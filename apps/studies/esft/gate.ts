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

/** Settings that were tried: how often base models read text of the four kinds, as shares of each general text. */
const settings = [
  ["shares 1.2, 0.2, 0.2 and 0.1 of the four kinds", "dd3bbbfc800a5194f906c9bbe3b1db567ff44fc1"],
  ["shares 2, 0.4, 0.4 and 0.05", "9a825955b2aa389bb8ec446b8328f6aed52bafa0"],
  ["shares 2.2, 0.4, 0.4 and 0.1", "98429dfcaf67f34da1f60626d468c752c9078d7b"],
] as const;

/** The mark before tuning over that of full fine-tuning, at each of them. */
const quotients: Readonly<Record<GatedTask, readonly [number, number, number]>> = {
  numbers: [0.016, 0.21428571428571427, 0.2552083333333333],
  phones: [0.22850014248861986, 0.3128438264109688, 0.28892133792406344],
  languages: [0.19266055045871558, 0.4056603773584906, 0.48],
  turkish: [0.566649830396111, 0.804525879004616, 0.7247819459568234],
};

/** Gains in marks of full fine-tuning at the last of them, in points. */
export const gains: Readonly<Record<GatedTask, number>> = {
  numbers: 44.69,
  phones: 16.75,
  languages: 32.5,
  turkish: 3.14,
};

/** Base models have to know each task a little. Measured on them and on full fine-tuning alone, on seeds that no recording uses. */
export const gates: readonly Gate<EsftResult, EsftSettings>[] = (
  Object.keys(quotients) as GatedTask[]
).map((task) => ({
  measure: `${taskOf(task).name}, mark before tuning over that of full fine-tuning`,
  least: 0.2,
  most: 0.6,
  read: (runs) => shareBefore(runs, task),
  tried: settings.map(([setting, commit], i): GateTrial => {
    return { setting, seeds: [101, 102], value: quotients[task][i]!, commit };
  }),
}));
