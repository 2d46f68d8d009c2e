import { atOnce, type Budget, shown } from "@deepgrain/support";
import { budgetOf, LmError, listOf } from "../errors";
import type { ChatMessage } from "../tokenizer";
import { walkJson } from "../walk-json";
import { type ToolFormat, toolForms } from "./forms";
import { isToolName, toolLimits } from "./tool";

/** @throws {LmError} `ERR_ARGUMENT` naming the place, such as `messages[2].tool_call_id` */
function refuse(place: string, what: string): never {
  throw new LmError("ERR_ARGUMENT", `lm/tools: ${place} ${what}`, { fields: { place } });
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The arguments of an earlier call: an object, or its JSON. */
function argumentsOf(given: unknown, place: string, budget: Budget): Record<string, unknown> {
  let value = given;
  if (typeof given === "string") {
    budget.spendBytes(given.length);
    try {
      value = JSON.parse(given);
    } catch {
      refuse(place, "must be a JSON object");
    }
  }
  if (!isObject(value)) return refuse(place, `must be a JSON object, got ${shown(value)}`);
  atOnce(walkJson(value, budget, (_, what) => refuse(place, what)));
  return value;
}

/** Gives calls numbers, and finds the calls of results. */
class Calls {
  private readonly waiting = new Map<string, { id: string; name: string }>();
  private count = 0;

  /** @returns an id of nine letters and digits, which Mistral's templates ask for */
  begin(id: string, name: string, place: string): string {
    if (this.waiting.has(id)) refuse(place, `is the id of two calls, ${shown(id)}`);
    const own = `call${String(this.count++ % 100_000).padStart(5, "0")}`;
    this.waiting.set(id, { id: own, name });
    return own;
  }

  end(id: unknown, place: string): { id: string; name: string } {
    const found = this.waiting.get(id as string);
    if (!found) return refuse(place, `must name a call that has no result, got ${shown(id)}`);
    this.waiting.delete(id as string);
    return found;
  }
}

/**
 * Messages with calls and results, as a template takes them. An assistant's message may have `tool_calls`, a list of
 * `{ id, function: { name, arguments } }`, whose arguments are an object or its JSON; a message of the role `tool` has the result of
 * the call that its `tool_call_id` names. Ids become numbers, so that a prompt does not depend on them.
 *
 * @throws {LmError} `ERR_ARGUMENT` (field `place`) for calls and results that are malformed, for a result for no call, and for
 *   arguments that are no JSON; `ERR_LIMIT` for arguments beyond the budget of tools
 */
export function toolMessages(messages: readonly ChatMessage[], format: ToolFormat): ChatMessage[] {
  const budget = budgetOf("tools", undefined, toolLimits);
  const calls = new Calls();
  const { takesText } = toolForms[format];
  const callAt = (given: unknown, place: string) => {
    const own = isObject(given) ? given : {};
    const about = isObject(own.function) ? own.function : {};
    if (typeof own.id !== "string" || own.id === "")
      refuse(`${place}.id`, `must be text, got ${shown(own.id)}`);
    const { name } = about;
    if (!isToolName(name))
      return refuse(`${place}.function.name`, `must be the name of a tool, got ${shown(name)}`);
    const value = argumentsOf(about.arguments, `${place}.function.arguments`, budget);
    const id = calls.begin(own.id as string, name, `${place}.id`);
    const args = takesText ? JSON.stringify(value) : value;
    return { id, type: "function", function: { name, arguments: args } };
  };
  listOf("openTools", "messages", messages);
  return messages.map((message, i) => {
    if (!isObject(message)) return refuse(`messages[${i}]`, "must be an object");
    const { role, tool_calls, tool_call_id } = message;
    if (role === "tool") {
      const { id, name } = calls.end(tool_call_id, `messages[${i}].tool_call_id`);
      return { ...message, name, tool_call_id: id };
    }
    if (tool_calls === undefined) return message;
    const place = `messages[${i}].tool_calls`;
    if (role !== "assistant" || !Array.isArray(tool_calls))
      return refuse(place, "must be a list in a message of the assistant");
    const own = tool_calls.map((one, k) => callAt(one, `${place}[${k}]`));
    return { ...message, tool_calls: own };
  });
}
