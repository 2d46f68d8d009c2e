import type { Batcher } from "../batcher/batcher";
import { modelOrBatcher } from "../batcher/model-or-batcher";
import { having, listOf, optionsOf } from "../errors";
import type { CausalLM } from "../model/causal-lm";
import type { ChatOptions } from "../text/chat";
import { chatPrompt } from "../text/chat-prompt";
import { complete } from "../text/complete";
import type { FinishReason, TextUsage } from "../text/text-piece";
import type { ChatMessage, Tokenizer } from "../tokenizer";
import type { ToolEvent } from "./call-reader";
import { type OpenTools, type OpenToolsOptions, openTools } from "./open-tools";

/** Options of {@link chatTools}: those of `chat` without several answers and scores, and the tools. */
export interface ChatToolsOptions
  extends Omit<
      ChatOptions,
      "samples" | "logProbabilities" | "scorePrompt" | "constraint" | "jsonSchema" | "toolRules"
    >,
    OpenToolsOptions {}

/** The end of an answer; with `tool-calls` it has calls that are whole and ended by itself. */
export interface AnswerEnd {
  readonly type: "end";
  readonly finishReason: FinishReason | "tool-calls";
  readonly usage: TextUsage;
}

/** The prompt's ids of a conversation with tools. */
function promptOf(
  tokenizer: Tokenizer,
  messages: readonly ChatMessage[],
  opened: OpenTools,
  options: Pick<ChatToolsOptions, "template" | "variables">,
): number[] {
  return chatPrompt(tokenizer, opened.messages(messages), {
    ...options,
    tools: opened.templateTools,
  });
}

/**
 * Answers a conversation whose model may call tools. Messages may have calls and results as `openTools` takes them.
 *
 * @param source a model, or a batcher that other callers use as well; it is in this thread, or in `toolBatcher`
 * @yields text, reasoning and calls as they come, and the end
 * @throws {LmError} as `openTools` and `chat`
 */
export async function* chatTools(
  source: CausalLM | Batcher,
  tokenizer: Tokenizer,
  messages: readonly ChatMessage[],
  options: ChatToolsOptions,
): AsyncGenerator<ToolEvent | AnswerEnd, void> {
  const { tools, toolChoice, parallelToolCalls, toolFormat, ...chatting } = optionsOf(
    "chatTools",
    options,
  );
  const { template, variables, maxNewTokens = Infinity, stopIds = [], ...others } = chatting;
  modelOrBatcher("chatTools", source);
  having("chatTools", "tokenizer", tokenizer, "encode", "decode", "applyChatTemplate");
  listOf("chatTools", "messages", messages);
  const own = { tools, toolChoice, parallelToolCalls, toolFormat, template };
  const opened = await openTools(tokenizer, own);
  const prompt = promptOf(tokenizer, messages, opened, { template, variables });
  const { eosTokenId } = tokenizer;
  const ends = eosTokenId === undefined || others.eosTokenId !== undefined ? [] : [eosTokenId];
  const reader = opened.read(prompt);
  let calls = 0;
  const pieces = complete(source, opened.decoding, prompt, {
    ...others,
    maxNewTokens,
    stopIds: [...stopIds, ...ends],
    constraint: await opened.constraint(prompt, others.signal),
  });
  for await (const piece of pieces) {
    if (piece.type === "prompt") continue;
    const events = reader.push(piece.text);
    if (piece.finishReason) events.push(...reader.end());
    for (const event of events) {
      if (event.type === "call-end") calls++;
      yield event;
    }
    if (!piece.finishReason || !piece.usage) continue;
    const isCalling = piece.finishReason === "stop" && calls > 0;
    yield {
      type: "end",
      finishReason: isCalling ? "tool-calls" : piece.finishReason,
      usage: piece.usage,
    };
  }
}
