import type { CheckedTaskId } from "./checked-task-ids";
import { languageTask } from "./language-task";
import { numberTask } from "./number-task";
import type { Task } from "./task";

/** The tasks by name. */
export const checkedTasks: Readonly<Record<CheckedTaskId, Task>> = {
  numbers: numberTask,
  languages: languageTask,
};
