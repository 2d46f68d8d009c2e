import { atOnce, type Budget, type BudgetLimits } from "@deepgrain/support";
import { budgetOf, LmError } from "../errors";
import { walkJson } from "../walk-json";
import { checkKeys } from "./class-keys";
import type { OwnKeys } from "./family";
import type { Fields, JsonObject } from "./field";
import { unwrapped } from "./wrappers";

/** Limits of a configuration: those of image models name 20,000 classes. */
const configLimits: BudgetLimits = { bytes: 2 ** 23, entries: 2 ** 18 };

/**
 * A config read by the fields of its `model_type`, with the JSON it came from as `source` and the keys that its
 * class does not have as `unknownKeys`.
 *
 * @param caller named in the error
 * @param keys of each family's class that no field reads
 * @param given the caller's budget
 * @throws {LmError} `ERR_CONFIG` when `json` is not an object of JSON values; `ERR_LIMIT`; what `fieldsOf` and the fields throw
 */
export function readFields(
  caller: string,
  json: unknown,
  fieldsOf: (modelType: unknown) => Fields,
  keys: Readonly<Record<string, OwnKeys>>,
  given: BudgetLimits | Budget | undefined,
): Record<string, unknown> {
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw new LmError("ERR_CONFIG", `lm/${caller}: a config is a JSON object`, {
      fields: { value: json },
    });
  const work = walkJson(json, budgetOf(caller, given, configLimits), (names, what) => {
    const key = names.join(".").slice(0, 100);
    throw new LmError("ERR_CONFIG", `lm/${caller}: ${key}: ${what}`, { fields: { key } });
  });
  atOnce(work);
  const { source, leftOut } = unwrapped(json as JsonObject);
  const fields = fieldsOf(source.model_type);
  const unknownKeys = [...checkKeys(source, fields, keys[source.model_type as string]), ...leftOut];
  const values = fields.map(([name, field]) => [name, field.read(source)]);
  return { modelType: source.model_type, ...Object.fromEntries(values), source, unknownKeys };
}
