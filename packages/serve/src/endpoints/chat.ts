import { type ChatMessage, type Constraint, LmError } from "@deepgrain/lm";
import { type ChatRequest, chatFields } from "../fields/chat-fields";
import type { Work } from "../generation/choices";
import { refuseField } from "../http/refusal";
import type { OpenModel } from "../served-model";
import { answer } from "./answer";
import { chatForm } from "./chat-form";
import {
  openRequestTools,
  pieceReader,
  type ReadPiece,
  toolConstraint,
  toolMessages,
} from "./chat-tools";
import type { RequestContext, Service } from "./context";
import { drawnSeed } from "./envelope";
import { newTokensFor } from "./new-tokens";
import { assertWrites, openBody } from "./open-body";

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
 * The constraint that keeps answers to the schema of a request. Schemas of one key are compiled one after another, in slices
 * between which others are answered.
 * @throws {ServeError} `ERR_REQUEST`, status 400, for one that is not enforced or costs too much
 */
async function constraintOf(
  { schema }: ChatRequest,
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
 * The work of a chat, and the reader of its pieces.
 * @throws {ServeError} `ERR_REQUEST`, naming the field as chat completions call it
 */
export async function chatWork(
  service: Service,
  context: RequestContext,
  model: OpenModel,
  request: ChatRequest,
): Promise<{ work: Work; read: ReadPiece }> {
  const opened = await openRequestTools(model, request.asked, request.messages);
  const messages = toolMessages(opened, request.messages);
  const prompt = await chatIds(model, messages, opened?.templateTools, context.signal);
  const limits = { asked: request.maxTokens, longest: prompt.length, fallback: Infinity };
  const work: Work = {
    prompts: [prompt],
    samples: request.samples,
    maxNewTokens: newTokensFor(service, model, limits),
    sampling: request.sampling,
    seed: request.seed ?? drawnSeed(),
    stop: request.stop,
    stopIds: [],
    logprobs: request.logprobs,
    scorePrompt: false,
    constraint: opened
      ? await toolConstraint(opened, prompt, model, context)
      : await constraintOf(request, model, context),
    decoding: opened?.decoding,
    prefixKey: context.prefixKey,
    signal: context.signal,
  };
  return { work, read: pieceReader(opened, prompt) };
}

/** `POST /v1/chat/completions`. @throws {ServeError} `ERR_REQUEST` @throws {LmError} as `Batcher.generate` */
export async function chatCompletions(
  service: Service,
  context: RequestContext,
): Promise<Response> {
  const { fields, model } = await openBody(service, context);
  assertWrites(model);
  const request = chatFields(fields, { maxN: service.maxN, vocabSize: model.tokenizer.vocabSize });
  const { work, read } = await chatWork(service, context, model, request);
  const form = chatForm(model, request, read);
  return answer(service, context, model, { work, stream: request.stream, form });
}
