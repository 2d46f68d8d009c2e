import type { ChatMessage } from "@deepgrain/lm";
import { pieceReader } from "../endpoints/chat-tools";
import type { RequestContext, Service } from "../endpoints/context";
import {
  type OpenConversation,
  openConversation,
  schemaConstraint,
} from "../endpoints/conversation";
import { fimPromptIds } from "../endpoints/fim-prompt-ids";
import { assertWrites } from "../endpoints/open-body";
import type { Fields } from "../fields/fields";
import { refuseField } from "../http/refusal";
import type { OpenModel } from "../served-model";
import { asResponse } from "./ollama-form";
import { openOllamaRequest } from "./open-request";
import { optionFields } from "./option-fields";
import { formatField, keepAliveField, refuseImages, refuseThink } from "./request-fields";
import { answerLoaded, writeAnswer } from "./write-answer";

/** Refuses what is not carried. */
function refuseUnsupported(fields: Fields): void {
  keepAliveField(fields);
  refuseImages(fields);
  refuseThink(fields);
  const isEmpty = (value: unknown) =>
    value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
  for (const name of ["template", "context"])
    if (!isEmpty(fields.any(name))) refuseField(name, `${name} is not supported.`);
}

/**
 * Reads a request of `/api/generate`; `model` has been read.
 * @throws {ServeError} `ERR_REQUEST`, status 400, naming the field
 */
export function ollamaGenerateFields(fields: Fields) {
  const request = {
    prompt: fields.text("prompt") ?? "",
    suffix: fields.text("suffix") || undefined,
    system: fields.text("system") || undefined,
    isRaw: fields.boolean("raw") ?? false,
    schema: formatField(fields),
    options: optionFields(fields),
    stream: fields.boolean("stream") ?? true,
  };
  refuseUnsupported(fields);
  fields.end();
  const { system, suffix, isRaw } = request;
  if (system !== undefined && (isRaw || suffix !== undefined))
    refuseField("system", `system and ${isRaw ? "raw" : "suffix"} exclude each other.`);
  return request;
}

type GenerateRequest = ReturnType<typeof ollamaGenerateFields>;

/** The ids of a prompt as it is, or with the hole that its suffix leaves. */
async function plainIds(
  model: OpenModel,
  { prompt, suffix }: GenerateRequest,
  { signal }: RequestContext,
): Promise<readonly number[]> {
  const named = { model: "suffix", text: "prompt" };
  if (suffix !== undefined) return fimPromptIds(model, { prefix: prompt, suffix }, named, signal);
  const ids = await model.prompts.text(prompt, { maxTokens: model.contextLength, signal });
  return ids.length > 0 ? ids : refuseField("prompt", "prompt has no tokens.");
}

/** The prompt: in the model's chat template, unless it is raw or has a hole. */
async function openPrompt(
  model: OpenModel,
  request: GenerateRequest,
  context: RequestContext,
): Promise<OpenConversation> {
  const { prompt: content, system, suffix, isRaw, schema } = request;
  if (!isRaw && suffix === undefined) {
    const user: ChatMessage = { role: "user", content };
    const messages = system === undefined ? [user] : [{ role: "system", content: system }, user];
    const asked = { tools: [], choice: "none", isParallel: true } as const;
    return openConversation(model, { messages, asked, schema }, context);
  }
  const prompt = await plainIds(model, request, context);
  const constraint = await schemaConstraint(schema, model, context);
  return { prompt, constraint, read: pieceReader(undefined, prompt) };
}

/** `POST /api/generate`. @throws {ServeError} `ERR_REQUEST` @throws {LmError} as `Batcher.generate` */
export async function generate(service: Service, context: RequestContext): Promise<Response> {
  const started = performance.now();
  const { fields, model } = await openOllamaRequest(service, context);
  assertWrites(model);
  const request = ollamaGenerateFields(fields);
  const { prompt, suffix, options, stream } = request;
  if (prompt === "" && suffix === undefined) return answerLoaded(model, asResponse);
  const opened = await openPrompt(model, request, context);
  const stopIds = suffix === undefined ? [] : model.fimIds;
  const more = { options, stream, started, stopIds, write: asResponse };
  return writeAnswer(service, context, model, { ...opened, ...more });
}
