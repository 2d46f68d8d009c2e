import type { Prefix } from "./completer";

/** A message of a chat. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** The problem as the user's turn, the steps, a line each, as the beginning of the assistant's. */
export function chatMessages(prefix: Prefix): ChatMessage[] {
  const steps = prefix.steps.map((step) => `${step}\n`).join("");
  const user: ChatMessage = { role: "user", content: prefix.problem };
  return steps === "" ? [user] : [user, { role: "assistant", content: steps }];
}

/**
 * Bytes of the text, an upper bound on the tokens of any byte-level tokenizer, plus a few for the text that a template
 * adds.
 */
export const tokenBound = (value: unknown) =>
  new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value)).length + 16;
