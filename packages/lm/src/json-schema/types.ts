import { shown } from "@deepgrain/support";
import type { Own } from "./flatten";
import { refuse, place as step } from "./places";

/** The types of JSON Schema. */
export const types = ["null", "boolean", "object", "array", "number", "integer", "string"] as const;
/** One of them. */
export type Type = (typeof types)[number];

/** The words that say something of values of a type, besides `type`. */
export const wordsOf: Readonly<Record<Type, readonly string[]>> = {
  null: [],
  boolean: [],
  object: [
    "properties",
    "required",
    "additionalProperties",
    "patternProperties",
    "propertyNames",
    "minProperties",
    "maxProperties",
  ],
  array: ["items", "prefixItems", "additionalItems", "minItems", "maxItems", "uniqueItems"],
  number: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "format"],
  integer: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "format"],
  string: ["minLength", "maxLength", "pattern", "format"],
};

/** The types that a schema allows. */
export function typesOf({ schema, path }: Own): readonly Type[] {
  if (schema.type === undefined) return types.filter((one) => one !== "integer");
  const list: readonly unknown[] = [schema.type].flat();
  for (const one of list)
    if (!types.includes(one as Type))
      refuse(step(path, "type"), `must be of ${types.join(", ")}, got ${shown(one)}`);
  return [...new Set(list as Type[])].filter(
    (one) => one !== "integer" || !list.includes("number"),
  );
}

/** The types that are in two lists; an integer is a number. */
export function commonTypes(a: readonly Type[], b: readonly Type[]): readonly Type[] {
  const has = (list: readonly Type[], one: Type) =>
    list.includes(one) || (one === "integer" && list.includes("number"));
  return [...a.filter((one) => has(b, one)), ...b.filter((one) => has(a, one) && !a.includes(one))];
}
