import type {
  LanguageModelV3CallOptions,
  LanguageModelV3Message,
  LanguageModelV3ToolResultPart,
} from "@ai-sdk/provider";
import { LmError } from "../errors";
import type { ChatMessage } from "../tokenizer";

export const refuse = (what: string, fields: Record<string, unknown> = {}) =>
  new LmError("ERR_ARGUMENT", `lm/ai-sdk: ${what}`, { fields });

const refusePart = (type: string, { role }: LanguageModelV3Message, at: number) =>
  refuse(`message ${at} (${role}) must be text, got a part of type ${type}`, { message: at, type });

/** A tool's result as text. */
function resultOf(
  { output }: LanguageModelV3ToolResultPart,
  message: LanguageModelV3Message,
  at: number,
): string {
  switch (output.type) {
    case "text":
    case "error-text":
      return output.value;
    case "json":
    case "error-json":
      return JSON.stringify(output.value);
    case "execution-denied":
      return `denied${output.reason === undefined ? "" : `: ${output.reason}`}`;
    case "content":
      return output.value
        .map((part) => {
          if (part.type === "text") return part.text;
          throw refusePart(part.type, message, at);
        })
        .join("\n");
  }
}

/** A message of the SDK as messages of a conversation: one for each result of a tool. */
function messagesOf(message: LanguageModelV3Message, at: number): ChatMessage[] {
  const { role, content } = message;
  if (typeof content === "string") return [{ role, content }];
  const texts = { text: "", reasoning: "" };
  const tool_calls: object[] = [];
  const results: ChatMessage[] = [];
  for (const part of content) {
    if (part.type === "text" || part.type === "reasoning") texts[part.type] += part.text;
    else if (part.type === "tool-call") {
      const { toolCallId, toolName, input } = part;
      const about = { name: toolName, arguments: input ?? {} };
      tool_calls.push({ id: toolCallId, type: "function", function: about });
    } else if (part.type === "tool-result")
      results.push({
        role: "tool",
        content: resultOf(part, message, at),
        tool_call_id: part.toolCallId,
      });
    else if (part.type !== "tool-approval-response") throw refusePart(part.type, message, at);
  }
  if (role === "tool") return results;
  const own: ChatMessage = { role, content: texts.text };
  if (texts.reasoning !== "") own.reasoning_content = texts.reasoning;
  if (tool_calls.length > 0) own.tool_calls = tool_calls;
  return [own, ...results];
}

/**
 * The messages of a call.
 * @throws {LmError} `ERR_ARGUMENT` for parts that are neither text nor calls and their results
 */
export const toMessages = ({ prompt }: LanguageModelV3CallOptions): ChatMessage[] =>
  prompt.flatMap(messagesOf);
