import type { JsonSchema } from "@deepgrain/lm/json-schema";
import { shown } from "@deepgrain/support";
import { refuseField } from "../http/refusal";
import type { Fields } from "./fields";

/** The schema that an answer follows, and the field that has it. */
export interface AnswerSchema {
  readonly value: JsonSchema;
  readonly path: string;
}

/**
 * The schema of fields with its name.
 * @throws {ServeError} `ERR_REQUEST`, status 400, naming the field
 */
function namedSchema(named: Fields): AnswerSchema {
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

/** The part `json_schema` of a format of that type. */
function schemaPart(format: Fields): Fields {
  const path = format.path("json_schema");
  return format.object("json_schema") ?? refuseField(path, `${path} is needed.`);
}

/**
 * The schema of a format: of `json_schema` its own, of `json_object` that of any object.
 *
 * @param name of the format's field. Default: `response_format`
 * @param schemaOf where a format has its schema's fields. Default: in its field `json_schema`
 * @returns undefined for text
 * @throws {ServeError} `ERR_REQUEST`, status 400, naming the field
 */
export function responseFormatField(
  fields: Fields,
  name = "response_format",
  schemaOf = schemaPart,
): AnswerSchema | undefined {
  const path = fields.path(name);
  const format = fields.object(name);
  if (!format) return undefined;
  const type = format.text("type");
  const schema = type === "json_schema" ? namedSchema(schemaOf(format)) : undefined;
  if (type !== "json_schema" && type !== "json_object" && type !== "text")
    refuseField(
      path,
      `${path}: the type must be text, json_object or json_schema, got ${shown(type)}.`,
    );
  format.end();
  return type === "json_object" ? { value: { type: "object" }, path } : schema;
}
