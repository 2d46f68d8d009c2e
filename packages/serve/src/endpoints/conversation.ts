import { type ChatMessage, type Constraint, LmError } from "@deepgrain/lm";
import type { AnswerSchema } from "../fields/response-format";
import type { AskedTools } from "../fields/tool-fields";
import type { Work } from "../generation/choices";
import { refuseField } from "../http/refusal";
import type { OpenModel } from "../served-model";
import {
  openRequestTools,
  pieceReader,
  type ReadPiece,
  toolConstraint,
  toolMessages,
} from "./chat-tools";
import type { RequestContext } from "./context";

/** The messages that a model answers, with the tools that it may call. */
export interface Conversation {
  readonly messages: readonly ChatMessage[];
  readonly asked: AskedTools;
  /** The form that each answer follows. */
  readonly schema: AnswerSchema | undefined;
}

/** A conversation as its model reads it, and how its answers are kept to their form and read. */
export interface OpenConversation extends Pick<Work, "constraint" | "decoding"> {
  readonly prompt: readonly number[];
  readonly read: ReadPiece;
}

/** Errors of the tokenizer's chat template begin so. */
const ofTemplate = "lm/applyChatTemplate: ";

/** The ids of a conversation. Special tokens that a message spells are text; only the template's are special. */
async function chatIds(
  { prompts, contextLength }: OpenModel,
  messages: readonly ChatMessage[],
  tools: readonly object[] | undefined,
  signal: AbortSignal,
): Promise<number[]> {
  try {
    return await prompts.chat(messages, { tools, maxTokens: contextLength, signal });
  } catch (error) {
    if (!LmError.isInstance(error) || !error.message.startsWith(ofTemplate)) throw error;
    const reason = error.message.slice(ofTemplate.length);
    return refuseField("messages", `The model's chat template refused the messages: ${reason}`);
  }
}

/**
 * The constraint that keeps answers to a schema. Schemas of one key are compiled one after another, in slices between which
 * others are answered.
 * @throws {ServeError} `ERR_REQUEST`, status 400, for one that is not enforced or costs too much
 */
export async function schemaConstraint(
  schema: AnswerSchema | undefined,
  { tokenizer, schemas }: OpenModel,
  { prefixKey, signal }: RequestContext,
): Promise<Constraint | undefined> {
  if (!schema) return undefined;
  const { compileJsonSchema } = await import("@deepgrain/lm/json-schema");
  try {
    return await schemas(prefixKey, signal, () =>
      compileJsonSchema(schema.value, tokenizer, { signal }),
    );
  } catch (error) {
    if (!LmError.isInstance(error)) throw error;
    return refuseField(schema.path, error.message.replace(/^lm\/jsonSchema/, schema.path));
  }
}

/**
 * Opens a conversation for its model: the one way of all doors.
 * @throws {ServeError} `ERR_REQUEST`, status 400, for messages, tools and a schema that are refused
 */
export async function openConversation(
  model: OpenModel,
  { messages, asked, schema }: Conversation,
  context: RequestContext,
): Promise<OpenConversation> {
  const opened = await openRequestTools(model, asked, messages);
  const own = toolMessages(opened, messages);
  const prompt = await chatIds(model, own, opened?.templateTools, context.signal);
  return {
    prompt,
    constraint: opened
      ? await toolConstraint(opened, prompt, model, context)
      : await schemaConstraint(schema, model, context),
    decoding: opened?.decoding,
    read: pieceReader(opened, prompt),
  };
}
