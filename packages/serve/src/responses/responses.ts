import type { Door } from "../doors/door";
import { answer } from "../endpoints/answer";
import { chatWork } from "../endpoints/chat";
import type { RequestContext, Service } from "../endpoints/context";
import { assertWrites, openBody } from "../endpoints/open-body";
import { errorBody } from "../http/refusal";
import { refuseRenamed } from "./renamed-refusal";
import { responseFields } from "./response-fields";
import { responseForm } from "./response-form";

/** `POST /v1/responses`. @throws {ServeError} `ERR_REQUEST` @throws {LmError} as `Batcher.generate` */
async function createResponse(service: Service, context: RequestContext): Promise<Response> {
  const { fields, model } = await openBody(service, context);
  assertWrites(model);
  const request = responseFields(fields, { vocabSize: model.tokenizer.vocabSize });
  const { chat, places, echo } = request;
  try {
    const { work, read } = await chatWork(service, context, model, chat);
    const form = responseForm(model, echo, read);
    return await answer(service, context, model, { work, stream: chat.stream, form });
  } catch (error) {
    return refuseRenamed(error, places);
  }
}

/** OpenAI's Responses API, without its memory. */
export const responses = { answers: { "/v1/responses": createResponse }, errorBody } satisfies Door;
