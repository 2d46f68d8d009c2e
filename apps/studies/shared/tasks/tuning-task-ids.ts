/** Tasks that base models are fine-tuned on. */
export const taskIds = ["numbers", "languages", "turkish", "phones", "german"] as const;

export type TaskId = (typeof taskIds)[number];
