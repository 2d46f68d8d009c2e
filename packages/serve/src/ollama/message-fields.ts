import type { ChatMessage } from "@deepgrain/lm";
import { shown } from "@deepgrain/support";
import { type Fields, fieldsOf } from "../fields/fields";
import { refuseField } from "../http/refusal";
import { refuseImages } from "./request-fields";

/** More than templates render within their budget. */
const mostMessages = 2 ** 16;

/** As many as there may be tools. */
const mostCalls = 128;

const roles = ["system", "user", "assistant", "tool"];

/** A call that has no result yet. */
interface Waiting {
  /** As the client named it, where it did. */
  readonly given: string | undefined;
  readonly id: string;
  readonly name: string | undefined;
}

/** Gives calls the ids that the engine asks for: Ollama's have none, and results name a tool at most. */
class CallIds {
  private waiting: Waiting[] = [];
  private count = 0;

  /** The calls of an answer, whose results come next. */
  calls(fields: Fields): object[] | undefined {
    const path = fields.path("tool_calls");
    const list = fields.any("tool_calls");
    if (list === undefined || (Array.isArray(list) && list.length === 0)) return undefined;
    if (!Array.isArray(list))
      return refuseField(path, `${path} must be a list, got ${shown(list)}.`);
    if (list.length > mostCalls)
      refuseField(path, `${path} may have ${mostCalls} entries, got ${list.length}.`);
    this.waiting = [];
    return list.map((one, i) => this.call(fieldsOf(one, `${path}[${i}].`)));
  }

  private call(fields: Fields): object {
    const path = fields.path("function");
    const about = fields.object("function") ?? refuseField(path, `${path} is missing.`);
    const name = about.text("name");
    const args = about.any("arguments") ?? {};
    about.ignore(["index"]);
    about.end();
    const given = fields.text("id");
    fields.ignore(["type"]);
    fields.end();
    const id = `call_${this.count++}`;
    this.waiting.push({ given, id, name });
    return { id, type: "function", function: { name, arguments: args } };
  }

  /** The id of the call of a result: the one that it names by id or by tool, else the first without a result. */
  result(fields: Fields): string {
    const [given, name] = [fields.text("tool_call_id"), fields.text("tool_name")];
    const at = this.waiting.findIndex((one) =>
      given !== undefined ? one.given === given : name === undefined || one.name === name,
    );
    const [found] = at < 0 ? [] : this.waiting.splice(at, 1);
    const path = fields.path("role");
    const of = given ?? name;
    const whose = of === undefined ? "" : ` of ${shown(of)}`;
    return found?.id ?? refuseField(path, `${path}: there is no call${whose} without a result.`);
  }
}

function messageOf(value: unknown, i: number, ids: CallIds): ChatMessage {
  const fields = fieldsOf(value, `messages[${i}].`);
  const role = fields.text("role");
  if (role === undefined || !roles.includes(role))
    return refuseField(
      fields.path("role"),
      `${fields.path("role")} must be one of ${roles.join(", ")}, got ${shown(role)}.`,
    );
  refuseImages(fields);
  const content = fields.text("content") ?? "";
  if (role === "tool") {
    const tool_call_id = ids.result(fields);
    fields.end();
    return { role, content, tool_call_id };
  }
  const thinking = role === "assistant" ? fields.text("thinking") : undefined;
  const tool_calls = role === "assistant" ? ids.calls(fields) : undefined;
  fields.end();
  return {
    role,
    content,
    ...(thinking === undefined ? {} : { reasoning_content: thinking }),
    ...(tool_calls ? { tool_calls } : {}),
  };
}

/**
 * The conversation; empty where the request only asks whether the model is there.
 * @throws {ServeError} `ERR_REQUEST`, status 400, naming the message and the field
 */
export function ollamaMessages(fields: Fields): ChatMessage[] {
  const given = fields.any("messages") ?? [];
  if (!Array.isArray(given))
    return refuseField("messages", `messages must be a list, got ${shown(given)}.`);
  if (given.length > mostMessages)
    refuseField("messages", `messages may have ${mostMessages} entries, got ${given.length}.`);
  const ids = new CallIds();
  return given.map((one, i) => messageOf(one, i, ids));
}
