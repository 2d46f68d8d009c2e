import { shown } from "@deepgrain/support";
import { refuseField } from "../http/refusal";
import { checkedText, type Fields } from "./fields";

/** How tokens are chosen, in the names of the batcher. */
export interface Sampling {
  readonly temperature: number;
  readonly topP: number | undefined;
  readonly topK: number | undefined;
  readonly minP: number | undefined;
  readonly repetitionPenalty: number | undefined;
  readonly frequencyPenalty: number | undefined;
  readonly presencePenalty: number | undefined;
  readonly logitBias: Readonly<Record<number, number>> | undefined;
}

/** Reads the fields that control sampling. @param vocabSize bounds the ids of `logit_bias` */
export function samplingFields(fields: Fields, vocabSize: number): Sampling {
  const topK = fields.whole("top_k", { min: -1 });
  return {
    temperature: fields.real("temperature", { min: 0, max: 2 }) ?? 1,
    topP: fields.real("top_p", { min: 0, max: 1 }),
    topK: topK === -1 ? 0 : topK, // −1 keeps all tokens in vLLM
    minP: fields.real("min_p", { min: 0, max: 1 }),
    repetitionPenalty: fields.real("repetition_penalty", { min: 0.01, max: 100 }),
    frequencyPenalty: fields.real("frequency_penalty", { min: -2, max: 2 }),
    presencePenalty: fields.real("presence_penalty", { min: -2, max: 2 }),
    logitBias: logitBias(fields, vocabSize),
  };
}

function logitBias(
  fields: Fields,
  vocabSize: number,
): Readonly<Record<number, number>> | undefined {
  const given = fields.object("logit_bias");
  if (!given) return undefined;
  const bias: Record<number, number> = {};
  for (const name of given.unread()) {
    const id = /^\d{1,9}$/.test(name) ? Number(name) : Number.NaN;
    if (!(id < vocabSize))
      refuseField(
        "logit_bias",
        `logit_bias must name tokens from 0 to ${vocabSize - 1}, got ${shown(name)}.`,
      );
    bias[id] = given.real(name, { min: -100, max: 100 }) ?? 0;
  }
  return bias;
}

/** The API has 4; editors add their own to those of a template. */
const mostStops = 32;

/** Texts that end an answer: none, one, or up to 32. */
export function stopField(fields: Fields): string[] {
  const given = fields.any("stop");
  if (given === undefined) return [];
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (list.length > mostStops)
    refuseField("stop", `stop may have ${mostStops} strings, got ${list.length}.`);
  return list.map((one, i) => {
    const path = Array.isArray(given) ? `stop[${i}]` : "stop";
    const text = checkedText(path, one);
    return text === "" ? refuseField(path, `${path} must not be empty.`) : text;
  });
}

/** Fields about who asks, the cost and the cache, which change nothing about an answer. */
export const hints = [
  "user",
  "safety_identifier",
  "prompt_cache_key",
  "prompt_cache_retention",
  "service_tier",
];

/** Fields that clients send, and that change nothing about an answer. */
const idle = [...hints, "store", "metadata", "parallel_tool_calls", "prediction"];

/** Whether and how an answer comes in pieces. */
export interface Streaming {
  readonly stream: boolean;
  /** A last chunk says how many tokens were read and written. */
  readonly includeUsage: boolean;
}

/** `stream` and `stream_options`, and fields that change nothing. */
export function streamFields(fields: Fields): Streaming {
  fields.ignore(idle);
  const stream = fields.boolean("stream") ?? false;
  const options = fields.object("stream_options");
  if (options && !stream) refuseField("stream_options", "stream_options needs stream: true.");
  const includeUsage = options?.boolean("include_usage") ?? false;
  options?.ignore(["include_obfuscation"]);
  options?.end();
  return { stream, includeUsage };
}
