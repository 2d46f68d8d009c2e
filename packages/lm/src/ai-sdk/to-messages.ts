import type { LanguageModelV3CallOptions, LanguageModelV3Message } from "@ai-sdk/provider";
import { LmError } from "../errors";
import type { ChatMessage } from "../tokenizer";

const refuse = (what: string, fields: Record<string, unknown> = {}) =>
  new LmError("ERR_ARGUMENT", `lm/ai-sdk: ${what}`, { fields });

function textOf({ role, content }: LanguageModelV3Message, at: number): string {
  if (typeof content === "string") return content;
  return content
    .map((part) => {
      if (part.type === "text") return part.text;
      throw refuse(`message ${at} (${role}) must be text, got a part of type ${part.type}`, {
        message: at,
        type: part.type,
      });
    })
    .join("");
}

/**
 * The messages of a call.
 * @throws {LmError} `ERR_ARGUMENT` for parts that are not text, and for tools
 */
export function toMessages(call: LanguageModelV3CallOptions): ChatMessage[] {
  if (call.tools?.length && call.toolChoice?.type !== "none")
    throw refuse("tools are not supported; leave them out, or call with toolChoice none");
  return call.prompt.map((message, at) => ({ role: message.role, content: textOf(message, at) }));
}
