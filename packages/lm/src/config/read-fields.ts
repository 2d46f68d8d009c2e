import { LmError } from "../errors";
import { checkKeys } from "./class-keys";
import type { Fields, JsonObject } from "./field";

/**
 * A config read by the fields of its `model_type`, with the JSON it came from as `source` and the keys that its
 * class does not have as `unknownKeys`.
 *
 * @param caller named in the error
 * @throws {LmError} `ERR_CONFIG` when `json` is not an object; what `fieldsOf` and the fields throw
 */
export function readFields(
  caller: string,
  json: unknown,
  fieldsOf: (modelType: unknown) => Fields,
): Record<string, unknown> {
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw new LmError("ERR_CONFIG", `lm/${caller}: a config is a JSON object`, {
      fields: { value: json },
    });
  const source = json as JsonObject;
  const fields = fieldsOf(source.model_type);
  const unknownKeys = checkKeys(source, fields);
  const values = fields.map(([name, field]) => [name, field.read(source)]);
  return { modelType: source.model_type, ...Object.fromEntries(values), source, unknownKeys };
}
