import type { ChatMessage } from "@deepgrain/lm";
import { shown } from "@deepgrain/support";
import { refuseField } from "../http/refusal";
import { checkedText, type Fields, fieldsOf } from "./fields";
import { toolCallsField } from "./tool-fields";

/** More than templates render within their budget. */
const mostMessages = 2 ** 16;

const roles = ["system", "developer", "user", "assistant", "tool"];

const isEmpty = (value: unknown) =>
  value === undefined || value === "" || (Array.isArray(value) && value.length === 0);

/** A message's content: text, or parts of text, which become lines. */
function contentField(fields: Fields): string {
  const path = fields.path("content");
  const given = fields.any("content");
  if (!Array.isArray(given)) return checkedText(path, given);
  if (given.length === 0) refuseField(path, `${path} must not be empty.`);
  const parts = given.map((one, i) => {
    const part = fieldsOf(one, `${path}[${i}].`);
    const type = part.text("type");
    if (type !== "text")
      refuseField(
        `${path}[${i}]`,
        `${path}[${i}] must be of type text, got ${shown(type)}: models here read text only.`,
      );
    const text = checkedText(part.path("text"), part.any("text"));
    part.end();
    return text;
  });
  return parts.join("\n");
}

/** The call that a result belongs to. */
const resultField = (fields: Fields) => ({
  tool_call_id: checkedText(fields.path("tool_call_id"), fields.any("tool_call_id")),
});

/** The text between the marks of thinking, as clients send it back; templates that have it read it. */
function thought(fields: Fields) {
  const reasoning_content = fields.text("reasoning_content");
  return reasoning_content === undefined ? {} : { reasoning_content };
}

function messageOf(value: unknown, i: number): ChatMessage {
  const fields = fieldsOf(value, `messages[${i}].`);
  const role = fields.text("role");
  if (role === undefined || !roles.includes(role))
    return refuseField(
      fields.path("role"),
      `${fields.path("role")} must be one of ${roles.join(", ")}, got ${shown(role)}.`,
    );
  const tool_calls = role === "assistant" ? toolCallsField(fields) : undefined;
  for (const name of ["tool_calls", "function_call", "audio"])
    if (name !== "tool_calls" || !tool_calls)
      if (!isEmpty(fields.any(name)))
        refuseField(fields.path(name), `${fields.path(name)} is not supported.`);
  fields.ignore(["name", "refusal", "annotations", "parsed"]); // the last one by OpenAI's helpers
  const content = tool_calls && isEmpty(fields.any("content")) ? "" : contentField(fields);
  const more = role === "tool" ? resultField(fields) : role === "assistant" ? thought(fields) : {};
  fields.end();
  const own = { role: role === "developer" ? "system" : role, content, ...more };
  return tool_calls ? { ...own, tool_calls } : own;
}

/**
 * The conversation, with `developer` as `system`.
 * @throws {ServeError} `ERR_REQUEST`, status 400, naming the message and the field
 */
export function messagesField(fields: Fields): ChatMessage[] {
  const given = fields.any("messages");
  if (!Array.isArray(given) || given.length === 0)
    return refuseField(
      "messages",
      `messages must be a list of at least one message, got ${
        Array.isArray(given) ? "none" : shown(given)
      }.`,
    );
  if (given.length > mostMessages)
    refuseField("messages", `messages may have ${mostMessages} entries, got ${given.length}.`);
  return given.map(messageOf);
}
