import type { Tool, ToolChoice } from "@deepgrain/lm/tools";
import { shown } from "@deepgrain/support";
import { refuseField } from "../http/refusal";
import { checkedText, type Fields, fieldsOf } from "./fields";

/** The tools of a request, and how they may be called. */
export interface AskedTools {
  readonly tools: readonly Tool[];
  readonly choice: ToolChoice;
  readonly isParallel: boolean;
}

/** As many as the API takes. */
const mostTools = 128;

/** A function's name. @throws {ServeError} `ERR_REQUEST`, status 400 */
export function functionName(fields: Fields): string {
  const path = fields.path("name");
  const name = fields.text("name");
  return name !== undefined && /^[\w-]{1,64}$/.test(name)
    ? name
    : refuseField(path, `${path} must have 1 to 64 letters, digits, _ and -, got ${shown(name)}.`);
}

/** The fields of what must be a function. @throws {ServeError} `ERR_REQUEST`, status 400 */
export function ofFunction(fields: Fields): Fields {
  const path = fields.path("type");
  const type = fields.text("type");
  return type === "function"
    ? fields
    : refuseField(path, `${path} must be function, got ${shown(type)}.`);
}

/** The part `function` of what must be of that type. */
function functionFields(fields: Fields): Fields {
  ofFunction(fields);
  const about = fields.object("function");
  return about ?? refuseField(fields.path("function"), `${fields.path("function")} is missing.`);
}

/** Where the fields of a tool's function are. */
type FunctionOf = (fields: Fields) => Fields;

function toolAt(value: unknown, path: string, functionOf: FunctionOf): Tool {
  const fields = fieldsOf(value, `${path}.`);
  const about = functionOf(fields);
  const name = functionName(about);
  const description = about.text("description");
  about.boolean("strict"); // arguments follow the schema with and without it
  const parameters = about.any("parameters");
  if (parameters !== undefined) fieldsOf(parameters, `${about.path("parameters")}.`);
  about.end();
  fields.end();
  return { name, description, parameters: parameters as Tool["parameters"] };
}

function choiceField(fields: Fields, tools: readonly Tool[], functionOf: FunctionOf): ToolChoice {
  const given = fields.any("tool_choice") ?? (tools.length > 0 ? "auto" : "none");
  if (given === "none") return given;
  if (given === "auto" || given === "required") {
    if (tools.length > 0) return given;
    return given === "auto" ? "none" : refuseField("tool_choice", "tool_choice needs tools.");
  }
  if (typeof given !== "object")
    return refuseField(
      "tool_choice",
      `tool_choice must be none, auto, required or a function, got ${shown(given)}.`,
    );
  const choice = fieldsOf(given, "tool_choice.");
  const about = functionOf(choice);
  const name = functionName(about);
  about.end();
  choice.end();
  if (!tools.some((tool) => tool.name === name))
    refuseField("tool_choice", `tool_choice: there is no tool ${name}.`);
  return { name };
}

/**
 * Reads `tools`, each under a name of its own.
 *
 * @param functionOf where a tool has its function's fields. Default: in its field `function`
 * @throws {ServeError} `ERR_REQUEST`, status 400, naming the field
 */
export function toolsField(fields: Fields, functionOf: FunctionOf = functionFields): Tool[] {
  const given = fields.any("tools") ?? [];
  if (!Array.isArray(given))
    return refuseField("tools", `tools must be a list, got ${shown(given)}.`);
  if (given.length > mostTools)
    refuseField("tools", `tools may have ${mostTools} entries, got ${given.length}.`);
  const tools = given.map((one, i) => toolAt(one, `tools[${i}]`, functionOf));
  const names = tools.map(({ name }) => name);
  const twice = names.findIndex((name, i) => names.indexOf(name) < i);
  if (twice >= 0) {
    const path = functionOf(fieldsOf(given[twice], `tools[${twice}].`)).path("name");
    refuseField(path, `tools: the name ${names[twice]} is there twice.`);
  }
  return tools;
}

/**
 * Reads `tools`, `tool_choice` and `parallel_tool_calls`.
 *
 * @param functionOf where a tool and a named choice have their function's fields. Default: in their field `function`
 * @throws {ServeError} `ERR_REQUEST`, status 400, naming the field
 */
export function toolFields(fields: Fields, functionOf: FunctionOf = functionFields): AskedTools {
  const tools = toolsField(fields, functionOf);
  const isParallel = fields.boolean("parallel_tool_calls") ?? true;
  return { tools, choice: choiceField(fields, tools, functionOf), isParallel };
}

/** The calls of an assistant's message; undefined for none. @throws {ServeError} `ERR_REQUEST`, status 400 */
export function toolCallsField(fields: Fields): object[] | undefined {
  const path = fields.path("tool_calls");
  const given = fields.any("tool_calls");
  if (given === undefined || (Array.isArray(given) && given.length === 0)) return undefined;
  if (!Array.isArray(given))
    return refuseField(path, `${path} must be a list, got ${shown(given)}.`);
  return given.map((one, i) => {
    const call = fieldsOf(one, `${path}[${i}].`);
    const id = checkedText(call.path("id"), call.any("id"));
    const about = functionFields(call);
    const name = functionName(about);
    const args = checkedText(about.path("arguments"), about.any("arguments"));
    call.ignore(["index"]);
    about.ignore(["parsed_arguments"]); // by OpenAI's helpers
    about.end();
    call.end();
    return { id, type: "function", function: { name, arguments: args === "" ? "{}" : args } };
  });
}
