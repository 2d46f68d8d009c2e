/** Names of the tasks that a small model can learn and a reader can check. */
export const checkedTaskIds = ["numbers", "languages"] as const;

export type CheckedTaskId = (typeof checkedTaskIds)[number];
