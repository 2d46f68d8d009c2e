import { chatFields } from "../fields/chat-fields";
import type { Work } from "../generation/choices";
import { answer } from "./answer";
import { chatForm } from "./chat-form";
import type { RequestContext, Service } from "./context";
import { openConversation } from "./conversation";
import { drawnSeed } from "./envelope";
import { newTokensFor } from "./new-tokens";
import { assertWrites, openBody } from "./open-body";

/** `POST /v1/chat/completions`. @throws {ServeError} `ERR_REQUEST` @throws {LmError} as `Batcher.generate` */
export async function chatCompletions(
  service: Service,
  context: RequestContext,
): Promise<Response> {
  const { fields, model } = await openBody(service, context);
  assertWrites(model);
  const request = chatFields(fields, { maxN: service.maxN, vocabSize: model.tokenizer.vocabSize });
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
  const form = chatForm(model, request, read);
  return answer(service, context, model, { work, stream: request.stream, form });
}
