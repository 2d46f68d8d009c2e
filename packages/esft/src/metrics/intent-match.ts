import { EsftError, textOf } from "../errors";
import { isObject } from "../files/json-object";

const stripStops = (text: string): string => text.replaceAll(/^[.。]+|[.。]+$/g, "");

/**
 * The JSON text inside an answer: the content of a fenced block if there is one, its first line, without full stops.
 */
export function intentText(prediction: string): string {
  let text = stripStops(prediction.trim());
  const fence = text.indexOf("```json");
  if (fence >= 0) {
    const inside = text.slice(fence + 7);
    const end = inside.indexOf("```");
    text = end < 0 ? "{}" : inside.slice(0, end);
  }
  const line = text.split("\n").find((part) => part !== "") ?? "";
  return stripStops(text.includes("\n") ? line : text);
}

/** A slot as one comparable string. Undefined for values that are neither text nor list. */
function slotKey(
  name: string,
  value: unknown,
  clean: (text: string) => string,
): string | undefined {
  if (Array.isArray(value))
    return JSON.stringify([name, value.map((v) => clean(String(v))).sort()]);
  return typeof value === "string" ? JSON.stringify([name, clean(value)]) : undefined;
}

function slotsOf(
  json: Record<string, unknown>,
  clean: (text: string) => string,
): Set<string> | undefined {
  const slots = json.slots ?? {};
  if (!isObject(slots)) return undefined;
  const keys = Object.entries(slots).map(([name, value]) => slotKey(name, value, clean));
  return keys.every((key) => key !== undefined) ? new Set(keys) : undefined;
}

/**
 * Whether a predicted intent is right: the same `intent` and the same set of `slots`, lists in any order, spaces in the
 * prediction ignored. A prediction that cannot be read is wrong.
 *
 * @param answer the reference, JSON with `intent` and `slots`
 * @returns 0 or 1
 * @throws {EsftError} `ERR_FORMAT` when the reference is not JSON of this form
 * @see BDCI-21 smart-home intents as scored by the ESFT repository, `benchmarks.py`
 */
export function intentMatch(prediction: string, answer: string): 0 | 1 {
  textOf("intentMatch", "prediction", prediction);
  textOf("intentMatch", "answer", answer);
  const wanted = parseObject(answer);
  const wantedSlots = wanted && slotsOf(wanted, (text) => text);
  if (!wantedSlots)
    throw new EsftError(
      "ERR_FORMAT",
      `esft/intentMatch: the answer must be JSON with intent and slots, got ${answer.slice(0, 80)}`,
      { fields: { answer } },
    );
  const own = parseObject(intentText(prediction));
  const slots = own && slotsOf(own, (text) => text.replaceAll(" ", ""));
  if (!own || !slots || (own.intent ?? "") !== (wanted.intent ?? "")) return 0;
  return slots.size === wantedSlots.size && [...slots].every((slot) => wantedSlots.has(slot))
    ? 1
    : 0;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
