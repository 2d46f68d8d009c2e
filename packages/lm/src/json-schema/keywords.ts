/** @file What the words of a schema are: enforced, refused, or without effect. */
import { refuse } from "./places";

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

/** Words that say something about a value by themselves. */
const shapes = ["type", "enum", "const", ...Object.values(wordsOf).flat()];

/** Words that join schemas. */
const joins = [
  "$ref",
  "allOf",
  "anyOf",
  "oneOf",
  "dependentRequired",
  "dependentSchemas",
  "dependencies",
] as const;

/** Words of validation that are not enforced, among them those of draft 3. */
const refused = [
  "not",
  "contains",
  "unevaluatedProperties",
  "unevaluatedItems",
  "$dynamicRef",
  "$recursiveRef",
  "extends",
  "disallow",
  "divisibleBy",
] as const;

/** Words that a draft names and that no value depends on. Some of them count beside others that are refused. */
const annotations = [
  "$schema",
  "$id",
  "id",
  "$anchor",
  "$dynamicAnchor",
  "$recursiveAnchor",
  "$vocabulary",
  "$comment",
  "$defs",
  "definitions",
  "title",
  "description",
  "default",
  "examples",
  "deprecated",
  "readOnly",
  "writeOnly",
  "contentEncoding",
  "contentMediaType",
  "contentSchema",
  "if",
  "then",
  "else",
  "minContains",
  "maxContains",
] as const;

const kinds: ReadonlyMap<string, "shape" | "join" | "refused" | "annotation"> = new Map([
  ...shapes.map((name) => [name, "shape"] as const),
  ...joins.map((name) => [name, "join"] as const),
  ...refused.map((name) => [name, "refused"] as const),
  ...annotations.map((name) => [name, "annotation"] as const),
]);

/** A schema that is an object. */
export type Words = Readonly<Record<string, unknown>>;

/** The effect of the words of a schema. */
export interface WordsInUse {
  /** Whether it says something about values by itself. */
  readonly hasShape: boolean;
  /** The words that join it with others. */
  readonly joins: readonly (typeof joins)[number][];
}

/**
 * Looks at the words of a schema.
 * @param refusesUnknown whether words that no draft names are refused, too
 * @throws {LmError} `ERR_ARGUMENT` for a word that could not be enforced
 */
export function wordsInUse(schema: Words, path: string, refusesUnknown: boolean): WordsInUse {
  let hasShape = false;
  const found: (typeof joins)[number][] = [];
  for (const name in schema) {
    const kind = kinds.get(name);
    if (kind === "shape") hasShape = true;
    else if (kind === "join") found.push(name as (typeof joins)[number]);
    const isCondition = name === "if" && ("then" in schema || "else" in schema);
    if (kind === "refused" || isCondition)
      refuse(path, `${name} is not supported: it could not be enforced`, { keyword: name });
    if (kind === undefined && refusesUnknown)
      refuse(path, `${name} is no word of JSON Schema`, { keyword: name });
  }
  return { hasShape, joins: found };
}

/** Words whose values are schemas by name, lists of schemas, and schemas. */
const maps = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];
const lists = ["allOf", "anyOf", "oneOf", "prefixItems"];
const singles = ["items", "additionalItems", "additionalProperties", "propertyNames", "not"];
singles.push("if", "then", "else", "contains", "unevaluatedProperties", "unevaluatedItems");

/** The schemas right inside a schema. */
export function* schemasInside(schema: Words): Generator<unknown> {
  for (const name of [...maps, "dependencies"]) {
    const inner = schema[name];
    if (typeof inner === "object" && inner !== null) yield* Object.values(inner);
  }
  for (const name of [...lists, ...singles]) {
    const inner = schema[name];
    if (Array.isArray(inner)) yield* inner;
    else yield inner;
  }
}
