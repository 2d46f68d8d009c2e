/**
 * Texts that follow a JSON schema. An entry of its own, which no other entry imports before it is used.
 *
 * @packageDocumentation
 */
export { compileJsonSchema, jsonSchema } from "./json-schema";
export type { JsonSchema } from "./parse-schema";
export { schemaBatcher } from "./schema-batcher";
