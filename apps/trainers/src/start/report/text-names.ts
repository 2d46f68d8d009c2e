import type { TextUse } from "../stages/score-stage";

/** Names of the texts for people, as they stand inside a sentence. */
export const textNames: Readonly<Record<TextUse["name"], string>> = {
  prose: "English prose",
  code: "source code",
  messages: "messages",
  licences: "licences",
  task: "the task",
};
