import type { RequestContext, Service } from "../endpoints/context";
import { openConversation } from "../endpoints/conversation";
import { assertWrites } from "../endpoints/open-body";
import type { Fields } from "../fields/fields";
import { type AskedTools, toolsField } from "../fields/tool-fields";
import { refuseField } from "../http/refusal";
import { ollamaMessages } from "./message-fields";
import { asMessage } from "./ollama-form";
import { openOllamaRequest } from "./open-request";
import { optionFields } from "./option-fields";
import { formatField, keepAliveField, refuseThink } from "./request-fields";
import { answerLoaded, writeAnswer } from "./write-answer";

/**
 * Reads a request of `/api/chat`; `model` has been read.
 * @throws {ServeError} `ERR_REQUEST`, status 400, naming the field
 */
export function ollamaChatFields(fields: Fields) {
  const tools = toolsField(fields);
  const choice = tools.length > 0 ? "auto" : "none";
  const asked: AskedTools = { tools, choice, isParallel: true };
  const request = {
    messages: ollamaMessages(fields),
    asked,
    schema: formatField(fields),
    options: optionFields(fields),
    stream: fields.boolean("stream") ?? true,
  };
  keepAliveField(fields);
  refuseThink(fields);
  fields.end();
  if (request.schema && tools.length > 0)
    refuseField("format", "format and tools exclude each other.");
  return request;
}

/** `POST /api/chat`. @throws {ServeError} `ERR_REQUEST` @throws {LmError} as `Batcher.generate` */
export async function chat(service: Service, context: RequestContext): Promise<Response> {
  const started = performance.now();
  const { fields, model } = await openOllamaRequest(service, context);
  assertWrites(model);
  const request = ollamaChatFields(fields);
  const { options, stream } = request;
  if (request.messages.length === 0) return answerLoaded(model, asMessage);
  const opened = await openConversation(model, request, context);
  const more = { options, stream, started, write: asMessage };
  return writeAnswer(service, context, model, { ...opened, ...more });
}
