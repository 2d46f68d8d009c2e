import { refuse } from "../http/refusal";
import { refusalOf } from "../http/refusal-of";
import type { Place } from "./input-messages";

/** Fields of a chat, and what they are called here. */
const names = new Map([
  ["messages", "input"],
  ["prompt", "input"],
  ["max_tokens", "max_output_tokens"],
  ["response_format", "text.format"],
]);

/** Fields of a message's call or result. */
const ofCalls = new Map([
  [".id", ".call_id"],
  [".tool_call_id", ".call_id"],
  [".function.name", ".name"],
  [".function.arguments", ".arguments"],
]);

/** The place of an input that stands at a place of the messages. */
function renamed(param: string, places: readonly Place[]): string {
  const [, at, call, rest = ""] =
    /^messages\[(\d+)\](?:\.tool_calls\[(\d+)\])?(.*)$/.exec(param) ?? [];
  if (at === undefined) return names.get(param) ?? param;
  const place = places[Number(at)];
  const item = call === undefined ? place?.item : place?.calls[Number(call)];
  return `${item ?? "input"}${ofCalls.get(rest) ?? rest}`;
}

/** Refuses what a chat refuses, in the names of this API. @throws {ServeError} `ERR_REQUEST`; errors of no field as they are */
export function refuseRenamed(error: unknown, places: readonly Place[]): never {
  const { status, message, param, ...more } = refusalOf(error);
  if (param === null) throw error;
  const name = renamed(param, places);
  const isNamed = message.startsWith(param);
  return refuse(status, isNamed ? name + message.slice(param.length) : message, {
    ...more,
    param: name,
  });
}
