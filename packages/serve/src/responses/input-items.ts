import type { ChatMessage } from "@deepgrain/lm";
import { shown } from "@deepgrain/support";
import { checkedText, type Fields, fieldsOf } from "../fields/fields";
import { functionName } from "../fields/tool-fields";
import { refuseField } from "../http/refusal";
import { type InputMessages, inputMessages } from "./input-messages";

/** As many as a chat has messages. */
const mostItems = 2 ** 16;

const roles = ["system", "developer", "user", "assistant"];

/** Text, or parts of text of one type, which become lines. */
function textField(fields: Fields, name: string, wanted: string): string {
  const path = fields.path(name);
  const given = fields.any(name);
  if (!Array.isArray(given)) return checkedText(path, given);
  if (given.length === 0) refuseField(path, `${path} must not be empty.`);
  const texts = given.map((one, i) => {
    const part = fieldsOf(one, `${path}[${i}].`);
    const type = part.text("type");
    if (type !== wanted)
      refuseField(
        `${path}[${i}]`,
        `${path}[${i}] must be of type ${wanted}, got ${shown(type)}: models here read text only.`,
      );
    const text = checkedText(part.path("text"), part.any("text"));
    part.ignore(["annotations", "logprobs", "parsed"]); // of answers; the last one by OpenAI's helpers
    part.end();
    return text;
  });
  return texts.join("\n");
}

function message(item: Fields, place: string, told: InputMessages): void {
  const path = item.path("role");
  const role = item.text("role");
  if (role === undefined || !roles.includes(role))
    refuseField(path, `${path} must be one of ${roles.join(", ")}, got ${shown(role)}.`);
  if (role === "assistant") told.answer(textField(item, "content", "output_text"), place);
  else {
    const content = textField(item, "content", "input_text");
    told.say({ role: role === "user" ? role : "system", content }, place);
  }
}

const idField = (item: Fields) => checkedText(item.path("call_id"), item.any("call_id"));

function call(item: Fields, place: string, told: InputMessages): void {
  const id = idField(item);
  const name = functionName(item);
  const args = checkedText(item.path("arguments"), item.any("arguments"));
  item.ignore(["parsed_arguments"]); // by OpenAI's helpers
  told.call(
    { id, type: "function", function: { name, arguments: args === "" ? "{}" : args } },
    place,
  );
}

function result(item: Fields, place: string, told: InputMessages): void {
  const tool_call_id = idField(item);
  told.say({ role: "tool", content: textField(item, "output", "input_text"), tool_call_id }, place);
}

/** The text of a thought: whole, if it is there, else its summary. */
function thought(item: Fields, place: string, told: InputMessages): void {
  const encrypted = item.path("encrypted_content");
  if (item.any("encrypted_content") !== undefined)
    refuseField(encrypted, `${encrypted} is not supported: it is read by who encrypted it.`);
  const isEmpty = (name: string) => ((item.any(name) ?? []) as { length?: unknown }).length === 0;
  const summary = isEmpty("summary") ? "" : textField(item, "summary", "summary_text");
  const content = isEmpty("content") ? "" : textField(item, "content", "reasoning_text");
  told.think(content || summary, place);
}

const readers = new Map<string, (item: Fields, place: string, told: InputMessages) => void>([
  ["message", message],
  ["function_call", call],
  ["function_call_output", result],
  ["reasoning", thought],
]);

function readItem(value: unknown, i: number, told: InputMessages): void {
  const place = `input[${i}]`;
  const item = fieldsOf(value, `${place}.`);
  const type = item.text("type") ?? "message";
  if (type === "item_reference")
    refuseField(
      place,
      `${place} is an item_reference, but answers are not stored: send the items whole (clients do so with store: false).`,
    );
  const read =
    readers.get(type) ??
    refuseField(
      `${place}.type`,
      `${place}.type must be one of ${[...readers.keys()].join(", ")}, got ${shown(type)}.`,
    );
  item.ignore(["id", "status"]);
  read(item, place, told);
  item.end();
}

/**
 * Reads `instructions` and `input`, a text or a list of items, as the messages of a chat.
 * @throws {ServeError} `ERR_REQUEST`, status 400, naming the item and the field
 */
export function inputFields(fields: Fields): InputMessages {
  const told = inputMessages();
  const instructions = fields.text("instructions");
  if (instructions !== undefined)
    told.say({ role: "system", content: instructions } satisfies ChatMessage, "instructions");
  const given = fields.any("input");
  if (!Array.isArray(given))
    told.say({ role: "user", content: checkedText("input", given) }, "input");
  else {
    if (given.length === 0 || given.length > mostItems)
      refuseField("input", `input must have 1 to ${mostItems} items, got ${given.length}.`);
    for (const [i, one] of given.entries()) readItem(one, i, told);
  }
  return told;
}
