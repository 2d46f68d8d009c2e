import { answer } from "../endpoints/answer";
import { chatWork } from "../endpoints/chat";
import type { RequestContext, Service } from "../endpoints/context";
import { assertWrites, openBody } from "../endpoints/open-body";
import { echoBytes } from "./echo";
import { refuseRenamed } from "./renamed-refusal";
import { responseFields } from "./response-fields";
import { responseForm } from "./response-form";

/** `POST /v1/responses`. @throws {ServeError} `ERR_REQUEST` @throws {LmError} as `Batcher.generate` */
export async function responses(service: Service, context: RequestContext): Promise<Response> {
  const { fields, model } = await openBody(service, context);
  assertWrites(model);
  const request = responseFields(fields, { vocabSize: model.tokenizer.vocabSize });
  const { chat, places, echo } = request;
  // A stream begins with the echo twice, before anybody can have read it.
  const streamBufferBytes = service.streamBufferBytes + 2 * echoBytes(echo);
  const own = { ...service, streamBufferBytes };
  const { stream } = chat;
  try {
    const { work, read } = await chatWork(service, context, model, chat);
    const form = responseForm(model, echo, read);
    return await answer(own, context, model, { work, stream, form });
  } catch (error) {
    return refuseRenamed(error, places);
  }
}
