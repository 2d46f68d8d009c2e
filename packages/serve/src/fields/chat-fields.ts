import type { ChatMessage } from "@deepgrain/lm";
import { refuseField } from "../http/refusal";
import type { Fields } from "./fields";
import { messagesField } from "./messages";
import { type AnswerSchema, responseFormatField } from "./response-format";
import {
  type Sampling,
  type Streaming,
  samplingFields,
  stopField,
  streamFields,
} from "./sampling-fields";
import { type AskedTools, toolFields } from "./tool-fields";

/** A request for a chat completion, checked. */
export interface ChatRequest extends Streaming {
  readonly messages: readonly ChatMessage[];
  readonly samples: number;
  readonly seed: number | undefined;
  readonly sampling: Sampling;
  readonly stop: readonly string[];
  readonly maxTokens: number | undefined;
  /** How many likely tokens are named beside each, undefined without log-probabilities. */
  readonly logprobs: number | undefined;
  /** The form that each answer follows. */
  readonly schema: AnswerSchema | undefined;
  readonly asked: AskedTools;
}

/** Whether a conversation has calls or results. */
export const hasCalls = (messages: readonly ChatMessage[]): boolean =>
  messages.some(({ role, tool_calls }) => role === "tool" || tool_calls !== undefined);

const isEmptyList = (value: unknown) => Array.isArray(value) && value.length === 0;

/** Refuses what models here cannot do. */
function refuseUnsupported(fields: Fields): void {
  const unless = (name: string, isFine: (value: unknown) => boolean, why: string) => {
    const value = fields.any(name);
    if (value !== undefined && !isFine(value)) refuseField(name, `${name}: ${why}.`);
  };
  const isChoice = (value: unknown) => value === "none" || value === "auto";
  unless("functions", isEmptyList, "functions are not supported; use tools");
  unless("function_call", isChoice, "only none and auto are supported; use tool_choice");
  unless("audio", () => false, "audio is not supported");
  unless("web_search_options", () => false, "searches are not supported");
  const isText = (value: unknown) => Array.isArray(value) && value.every((one) => one === "text");
  unless("modalities", isText, "only text is supported");
  fields.ignore(["reasoning_effort", "verbosity"]);
}

function maxTokensField(fields: Fields): number | undefined {
  const older = fields.whole("max_tokens", { min: 1 });
  const newer = fields.whole("max_completion_tokens", { min: 1 });
  if (older !== undefined && newer !== undefined && older !== newer)
    refuseField("max_tokens", "max_tokens and max_completion_tokens differ; give one of them.");
  return newer ?? older;
}

function logprobsFields(fields: Fields): number | undefined {
  const isAsked = fields.boolean("logprobs") ?? false;
  const top = fields.whole("top_logprobs", { min: 0, max: 20 });
  if (top !== undefined && !isAsked)
    refuseField("top_logprobs", "top_logprobs needs logprobs: true.");
  return isAsked ? (top ?? 0) : undefined;
}

/** Refuses fields beside tools that may be called. */
function checkTools({ asked, schema, logprobs }: ChatRequest): void {
  if (asked.choice === "none") return;
  const exclude = "and tools exclude each other; set tool_choice to none";
  if (schema) refuseField("response_format", `response_format ${exclude}.`);
  if (logprobs !== undefined) refuseField("logprobs", `logprobs ${exclude}.`);
}

/**
 * Reads a request for a chat completion; `model` has been read.
 * @throws {ServeError} `ERR_REQUEST`, status 400, naming the field
 */
export function chatFields(
  fields: Fields,
  { maxN, vocabSize }: { maxN: number; vocabSize: number },
): ChatRequest {
  const request: ChatRequest = {
    messages: messagesField(fields),
    samples: fields.whole("n", { min: 1, max: maxN }) ?? 1,
    seed: fields.whole("seed"),
    sampling: samplingFields(fields, vocabSize),
    stop: stopField(fields),
    maxTokens: maxTokensField(fields),
    logprobs: logprobsFields(fields),
    schema: responseFormatField(fields),
    asked: toolFields(fields),
    ...streamFields(fields),
  };
  refuseUnsupported(fields);
  fields.end();
  checkTools(request);
  return request;
}
