import { languageTask } from "./language-task";
import { numberTask } from "./number-task";
import type { Task } from "./task";

/** Names of the tasks that a small model can learn and a reader can check. */
export const checkedTaskIds = ["numbers", "languages"] as const;

export type CheckedTaskId = (typeof checkedTaskIds)[number];

/** The tasks by name. */
export const checkedTasks: Readonly<Record<CheckedTaskId, Task>> = {
  numbers: numberTask,
  languages: languageTask,
};
