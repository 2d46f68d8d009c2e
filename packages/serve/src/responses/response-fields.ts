import { shown } from "@deepgrain/support";
import type { ChatRequest } from "../fields/chat-fields";
import type { Fields } from "../fields/fields";
import { type AnswerSchema, responseFormatField } from "../fields/response-format";
import { hints, samplingFields } from "../fields/sampling-fields";
import { ofFunction, toolFields } from "../fields/tool-fields";
import { refuseField } from "../http/refusal";
import { type Echo, echoOf } from "./echo";
import { inputFields } from "./input-items";
import type { Place } from "./input-messages";

/** A request for a response, checked. */
export interface ResponseRequest {
  /** The chat that it comes to. */
  readonly chat: ChatRequest;
  /** Where the chat's messages come from. */
  readonly places: readonly Place[];
  /** The part that the answer repeats. */
  readonly echo: Echo;
}

const stateless = "answers are not stored; send the whole conversation as input";
const isNever = () => false;
const isFalse = (value: unknown) => value === false;
const isEmpty = (value: unknown) =>
  typeof value === "object" && Object.values(value as object).every((one) => one === null);

/** Fields that are refused: which values they may have all the same, and why. */
const refused: readonly (readonly [string, (value: unknown) => boolean, string])[] = [
  ["previous_response_id", isNever, stateless],
  ["conversation", isNever, stateless],
  ["store", isFalse, "answers are not stored; leave it out or set it to false"],
  ["background", isFalse, "answers are not written in the background"],
  ["prompt", isNever, "prompts are not stored"],
  ["include", isEmpty, "nothing is added to answers"],
  ["truncation", (value) => value === "disabled", "a conversation is never shortened"],
  ["top_logprobs", (value) => value === 0, "/v1/chat/completions has log-probabilities"],
  ["max_tool_calls", isNever, "it counts hosted tools, of which there are none"],
  ["reasoning", isEmpty, "how much a model thinks, and what of it is told, is not chosen here"],
];

function refuseUnsupported(fields: Fields): void {
  for (const [name, isFine, why] of refused) {
    const value = fields.any(name);
    if (value !== undefined && !isFine(value)) refuseField(name, `${name}: ${why}.`);
  }
}

/** The form of `text`. */
function formatField(fields: Fields): AnswerSchema | undefined {
  const text = fields.object("text");
  if (text?.any("verbosity") !== undefined)
    refuseField("text.verbosity", "text.verbosity: how much a model writes is not chosen here.");
  const schema = text && responseFormatField(text, "format", (format) => format);
  text?.end();
  return schema;
}

function streamField(fields: Fields): boolean {
  const stream = fields.boolean("stream") ?? false;
  const options = fields.object("stream_options");
  if (options && !stream) refuseField("stream_options", "stream_options needs stream: true.");
  if (options?.boolean("include_obfuscation"))
    refuseField("stream_options.include_obfuscation", "Streams are not obfuscated here.");
  options?.end();
  return stream;
}

/** As many pairs as the API takes. */
const mostPairs = 16;

/** Checks `metadata`, which the answer repeats: pairs of short texts. */
function checkMetadata(fields: Fields): void {
  const pairs = fields.object("metadata");
  const names = pairs?.unread() ?? [];
  if (names.length > mostPairs)
    refuseField("metadata", `metadata may have ${mostPairs} pairs, got ${names.length}.`);
  for (const name of names) {
    const value = pairs!.any(name);
    if (typeof value !== "string" || value.length > 512 || name.length > 64)
      refuseField(
        "metadata",
        `metadata must have names of up to 64 characters and texts of up to 512, got ${shown(value)}.`,
      );
  }
}

/**
 * Reads a request for a response; `model` has been read.
 * @throws {ServeError} `ERR_REQUEST`, status 400, naming the field
 */
export function responseFields(
  fields: Fields,
  { vocabSize }: { vocabSize: number },
): ResponseRequest {
  refuseUnsupported(fields);
  const { messages, places } = inputFields(fields);
  const asked = toolFields(fields, ofFunction);
  const schema = formatField(fields);
  if (schema && asked.choice !== "none")
    refuseField(
      "text.format",
      "text.format and tools exclude each other; set tool_choice to none.",
    );
  checkMetadata(fields);
  const chat: ChatRequest = {
    messages,
    samples: 1,
    seed: fields.whole("seed"),
    sampling: samplingFields(fields, vocabSize),
    stop: [],
    maxTokens: fields.whole("max_output_tokens", { min: 1 }),
    logprobs: undefined,
    schema,
    asked,
    stream: streamField(fields),
    includeUsage: false,
  };
  fields.ignore(hints);
  fields.end();
  return { chat, places, echo: echoOf(fields, chat) };
}
