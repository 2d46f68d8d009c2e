// messages.ts
import type { ChatMessage } from "@deepgrain/lm";

/** From the page to the worker. */
export type Request =
  | { type: "open"; file: File }
  | { type: "ask"; messages: ChatMessage[] }
  | { type: "stop" };

/** From the worker to the page. `failed` ends what was asked for, as `opened` and `done` do. */
export type Reply =
  | { type: "opened" }
  | { type: "text"; text: string }
  | { type: "done" }
  | { type: "failed"; message: string };
