import type { Dtype } from "@deepgrain/command-line/trainings/weight-types";
import {
  type ChatMessage,
  chat,
  chatPrompt,
  createBatcher,
  loadModel,
  loadTokenizer,
  type Tokenizer,
} from "@deepgrain/lm";
import type { chatTools as ChatTools, Tool, ToolFormat } from "@deepgrain/lm/tools";
import { type AnswerPiece, type ChatSource, type Choosing, tooLong } from "./chat-source";

/** A template that ends with a space after its colon, after which models change their language or repeat themselves. */
function templateWarning(tokenizer: Tokenizer): string | undefined {
  const messages = [{ role: "user", content: "Hello" }];
  const text = tokenizer.applyChatTemplate(messages, { addGenerationPrompt: true });
  if (!/:[ \t]+$/.test(text)) return undefined;
  return "warning: the chat template leaves a space after its last colon; answers may change their language or repeat themselves";
}

/** How a model of this process answers. */
interface LocalOptions {
  template: string | undefined;
  /** Functions that it may call. */
  tools: readonly Tool[] | undefined;
  toolFormat: ToolFormat | undefined;
  choosing: Choosing;
  dtype: Dtype;
  signal: AbortSignal;
}

/** An answer with tools: its text, its thoughts, and the calls that are whole. */
async function* withCalls(parts: ReturnType<typeof ChatTools>): AsyncGenerator<AnswerPiece> {
  const call = { name: "", arguments: "" };
  for await (const part of parts) {
    if (part.type === "text") yield { text: part.text };
    else if (part.type === "reasoning") yield { text: "", reasoning: part.text };
    else if (part.type === "call-start") Object.assign(call, { name: part.name, arguments: "" });
    else if (part.type === "call-delta") call.arguments += part.text;
    else if (part.type === "call-end") yield { text: "", call: { ...call } };
    else yield { text: "", usage: part.usage };
  }
}

/** A model in this process. Keys and values of the conversation are kept from turn to turn. */
export async function localSource(
  folder: string,
  { template, tools, toolFormat, choosing, dtype, signal }: LocalOptions,
): Promise<ChatSource> {
  const tokenizer = await loadTokenizer(folder, { template });
  const warning = templateWarning(tokenizer);
  const { chatTools, openTools } = await import("@deepgrain/lm/tools");
  const opened = tools && (await openTools(tokenizer, { tools, toolFormat }));
  await opened?.constraint([], signal); // a schema that is refused
  const promptOf = (messages: readonly ChatMessage[]) =>
    chatPrompt(tokenizer, opened ? opened.messages(messages) : messages, {
      tools: opened?.templateTools,
    });
  const model = await loadModel(folder, { dtype, signal });
  const { maxPositionEmbeddings: positions } = model.config;
  const batcher = createBatcher(model, { maxSequences: 1, prefixCache: positions });
  const { seed, maxNewTokens, ...sampling } = choosing;
  let turn = 0;
  return {
    warning,
    async *answer(messages, stop) {
      const { length } = promptOf(messages);
      const room = positions - length;
      if (room < Math.min(maxNewTokens, Math.ceil(positions / 4)))
        throw tooLong(`${length} of ${positions} tokens leave no room for an answer`);
      const settings = {
        ...sampling,
        seed: seed + turn++,
        maxNewTokens: Math.min(maxNewTokens, room),
        signal: stop,
      };
      if (tools)
        yield* withCalls(
          chatTools(batcher, tokenizer, messages, { ...settings, tools, toolFormat }),
        );
      else yield* chat(batcher, tokenizer, messages, settings);
    },
    async close() {
      await batcher.close();
      model.dispose();
    },
  };
}
