import type {
  LanguageModelV3Content,
  LanguageModelV3FinishReason,
  LanguageModelV3StreamPart,
  LanguageModelV3Usage,
  SharedV3Warning,
} from "@ai-sdk/provider";
import type { ToolEvent } from "../tools";
import type { AnswerEnd } from "../tools/chat-tools";

/** A part of an answer, or its end. */
export type AnswerPart = ToolEvent | AnswerEnd;

/** A new call's id. */
const newId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");

export const usageOf = ({ usage }: AnswerEnd): LanguageModelV3Usage => ({
  inputTokens: {
    total: usage.promptTokens,
    noCache: undefined,
    cacheRead: undefined,
    cacheWrite: undefined,
  },
  outputTokens: {
    total: usage.completionTokens,
    text: usage.completionTokens,
    reasoning: undefined,
  },
});

export const finishOf = ({ finishReason }: AnswerEnd): LanguageModelV3FinishReason => ({
  unified: finishReason,
  raw: finishReason,
});

/** The parts of an answer that is whole: its text, what the model thought, and the calls that are whole. */
export async function contentOf(
  parts: AsyncIterable<AnswerPart>,
): Promise<{ content: LanguageModelV3Content[]; end: AnswerEnd }> {
  const content: LanguageModelV3Content[] = [];
  const open = { toolName: "", input: "" };
  let end: AnswerEnd | undefined;
  for await (const part of parts) {
    const last = content.at(-1);
    if (part.type === "end") end = part;
    else if (part.type === "call-start") Object.assign(open, { toolName: part.name, input: "" });
    else if (part.type === "call-delta") open.input += part.text;
    else if (part.type === "call-end")
      content.push({ type: "tool-call", toolCallId: newId(), ...open });
    else if (last?.type === part.type) last.text += part.text;
    else content.push({ type: part.type, text: part.text });
  }
  if (content.length === 0) content.push({ type: "text", text: "" });
  return { content, end: end! };
}

/** The stream's parts of one answer. */
export async function* streamParts(
  parts: AsyncIterable<AnswerPart>,
  warnings: SharedV3Warning[],
): AsyncGenerator<LanguageModelV3StreamPart> {
  let block: { type: "text" | "reasoning"; id: string } | undefined;
  let blocks = 0;
  let call = { id: "", toolName: "", input: "" };
  function* close(): Generator<LanguageModelV3StreamPart> {
    if (block) yield { type: `${block.type}-end`, id: block.id };
    block = undefined;
  }
  yield { type: "stream-start", warnings };
  try {
    for await (const part of parts) {
      if (part.type === "text" || part.type === "reasoning") {
        if (block?.type !== part.type) {
          yield* close();
          block = { type: part.type, id: `${blocks++}` };
          yield { type: `${block.type}-start`, id: block.id };
        }
        yield { type: `${part.type}-delta`, id: block.id, delta: part.text };
        continue;
      }
      yield* close();
      if (part.type === "call-start") {
        call = { id: newId(), toolName: part.name, input: "" };
        yield { type: "tool-input-start", id: call.id, toolName: call.toolName };
      } else if (part.type === "call-delta") {
        call.input += part.text;
        yield { type: "tool-input-delta", id: call.id, delta: part.text };
      } else if (part.type === "call-end") {
        const { id, toolName, input } = call;
        yield { type: "tool-input-end", id };
        yield { type: "tool-call", toolCallId: id, toolName, input };
      } else yield { type: "finish", finishReason: finishOf(part), usage: usageOf(part) };
    }
  } catch (error) {
    yield { type: "error", error };
  }
}
