import type { LanguageModelV3CallOptions } from "@ai-sdk/provider";
import type { JsonSchema } from "../json-schema";
import type { ChatMessage } from "../tokenizer";
import type { Tool, ToolChoice } from "../tools";
import { refuse } from "./to-messages";

function choiceOf({ toolChoice }: LanguageModelV3CallOptions): ToolChoice {
  if (toolChoice?.type === "tool") return { name: toolChoice.toolName };
  return toolChoice?.type ?? "auto";
}

const hasCalls = (messages: readonly ChatMessage[]) =>
  messages.some(({ role, tool_calls }) => role === "tool" || tool_calls !== undefined);

/**
 * The tools of a call; undefined where none may be called and the conversation has none.
 * @throws {LmError} `ERR_ARGUMENT` for a tool that is no function, and for a schema of the answer beside tools
 */
export function toTools(
  call: LanguageModelV3CallOptions,
  messages: readonly ChatMessage[],
): { tools: Tool[]; toolChoice: ToolChoice } | undefined {
  const tools = (call.tools ?? []).map((tool): Tool => {
    if (tool.type !== "function")
      throw refuse(`tools must be functions, got one of type ${tool.type}`, { type: tool.type });
    const { name, description, inputSchema } = tool;
    return { name, description, parameters: inputSchema as JsonSchema };
  });
  const toolChoice = tools.length === 0 ? "none" : choiceOf(call);
  if (toolChoice === "none") return hasCalls(messages) ? { tools, toolChoice } : undefined;
  if (call.responseFormat?.type === "json")
    throw refuse("a schema of the answer and tools exclude each other");
  return { tools, toolChoice };
}
