/** Tasks that base models are fine-tuned on. */
export const taskIds = ["numbers", "phones", "languages", "turkish", "german"] as const;

export type TaskId = (typeof taskIds)[number];
