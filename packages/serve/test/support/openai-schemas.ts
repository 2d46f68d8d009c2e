/** @file Checks bodies against the schemas of OpenAI's published OpenAPI document; the fixture names its commit. */
import Ajv, { type AnySchema } from "ajv/dist/2020";
import document from "../fixtures/openai-schemas.json";

/** OpenAPI's `nullable` as JSON Schema; formats and extensions of OpenAPI are left out. */
function jsonSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(jsonSchema);
  if (typeof schema !== "object" || schema === null) return schema;
  const entries = Object.entries(schema)
    .filter(([key]) => key !== "nullable" && key !== "format" && key !== "discriminator")
    .map(([key, value]) => [key, jsonSchema(value)]);
  const plain = Object.fromEntries(entries);
  return "nullable" in schema && schema.nullable === true
    ? { anyOf: [plain, { type: "null" }] }
    : plain;
}

const ajv = new Ajv({ strict: false, allErrors: true });
ajv.addSchema({ $id: "openai", ...(jsonSchema(document) as object) } as AnySchema);

/** The faults of a body, as a list; empty if it is of the schema. */
export function problemsOf(
  schema: keyof typeof document.components.schemas,
  body: unknown,
): string[] {
  const check = ajv.getSchema(`openai#/components/schemas/${schema}`)!;
  if (check(body)) return [];
  return check.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);
}
