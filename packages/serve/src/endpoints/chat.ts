import { type ChatRequest, chatFields } from "../fields/chat-fields";
import type { Work } from "../generation/choices";
import type { OpenModel } from "../served-model";
import { answer } from "./answer";
import { chatForm } from "./chat-form";
import type { ReadPiece } from "./chat-tools";
import type { RequestContext, Service } from "./context";
import { openConversation } from "./conversation";
import { drawnSeed } from "./envelope";
import { newTokensFor } from "./new-tokens";
import { assertWrites, openBody } from "./open-body";

/**
 * The work of a chat, and the reader of its pieces.
 * @throws {ServeError} `ERR_REQUEST`, status 400, naming the field as chat completions do
 */
export async function chatWork(
  service: Service,
  context: RequestContext,
  model: OpenModel,
  request: ChatRequest,
): Promise<{ work: Work; read: ReadPiece }> {
  const { prompt, constraint, decoding, read } = await openConversation(model, request, context);
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
    constraint,
    decoding,
    prefixKey: context.prefixKey,
    signal: context.signal,
  };
  return { work, read };
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
