import type { JsonSchema } from "@deepgrain/lm/json-schema";
import { shown } from "@deepgrain/support";
import { refuseField } from "../http/refusal";
import type { Fields } from "./fields";

/** The schema that an answer follows, and the field that has it. */
export interface AnswerSchema {
  readonly value: JsonSchema;
  readonly path: string;
}

function namedSchema(format: Fields): AnswerSchema {
  const path = format.path("json_schema");
  const named = format.object("json_schema");
  if (!named) return refuseField(path, `${path} is needed.`);
  const name = named.text("name");
  if (name === undefined || !/^[\w-]{1,64}$/.test(name))
    refuseField(
      named.path("name"),
      `${named.path("name")} must have 1 to 64 letters, digits, _ and -, got ${shown(name)}.`,
    );
  named.ignore(["description"]);
  named.boolean("strict"); // answers follow the schema with and without it
  const place = named.path("schema");
  const value = named.any("schema") ?? {};
  named.end();
  if (typeof value !== "object" || Array.isArray(value))
    return refuseField(place, `${place} must be an object, got ${shown(value)}.`);
  return { value: value as JsonSchema, path: place };
}

/**
 * The schema of `response_format`: of `json_schema` its own, of `json_object` that of any object.
 *
 * @returns undefined for text
 * @throws {ServeError} `ERR_REQUEST`, status 400, naming the field
 */
export function responseFormatField(fields: Fields): AnswerSchema | undefined {
  const format = fields.object("response_format");
  if (!format) return undefined;
  const type = format.text("type");
  const schema = type === "json_schema" ? namedSchema(format) : undefined;
  if (type !== "json_schema" && type !== "json_object" && type !== "text")
    refuseField(
      "response_format",
      `response_format: the type must be text, json_object or json_schema, got ${shown(type)}.`,
    );
  format.end();
  return type === "json_object" ? { value: { type: "object" }, path: "response_format" } : schema;
}
