/** @file A generator of schemas that covers every keyword that is enforced. */
import fc from "fast-check";

type Schema = boolean | Record<string, unknown>;

const names = ["a", "ab", "name", "é", 'q"t', "日本", "", "line\nbreak"];
const scalars: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -1,
    12,
    123,
    0.5,
    "",
    "a",
    "é😀",
    'a"b\\c\n',
    "the name",
  ),
  fc.integer({ min: -1000, max: 1000 }),
);
const values = fc.oneof(
  scalars,
  fc.array(scalars, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom(...names), scalars, { maxKeys: 2 }),
);

/** As it is read from a file: the generator's objects have no prototype. */
const asJson = (schema: object) => JSON.parse(JSON.stringify(schema));

const size = fc.integer({ min: 0, max: 4 });
const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
/** Without the keywords that were not drawn. */
const given = (schema: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined));

const patterns = fc.constantFrom(
  "^a",
  "e$",
  "^[a-c]+$",
  "^(?:ab|é)*$",
  "\\d{2}",
  "^.{2,5}$",
  "^(?=.*b)[ab\\n]+$",
  "^(?!a)\\w*$",
  "\\bthe\\b",
  '^[^\\\\]+"$',
);
const strings = fc
  .record({
    type: fc.constant("string"),
    minLength: some(size),
    maxLength: some(size),
    pattern: some(patterns),
  })
  .map(given);
const bound = fc.oneof(
  fc.integer({ min: -200, max: 200 }),
  fc.constantFrom(0.5, -2.25, 1e-3, 99.9, 1e6),
);
const numbers = fc
  .record({
    type: fc.constantFrom("number", "integer"),
    minimum: some(bound),
    maximum: some(bound),
    exclusiveMinimum: some(bound),
    exclusiveMaximum: some(bound),
    multipleOf: some(fc.constantFrom(1, 3, 7, 0.5, 0.25, 2.5)),
  })
  .map(given);
const types = fc.constantFrom("null", "boolean", "object", "array", "number", "integer", "string");

const someNames = fc.uniqueArray(fc.constantFrom(...names), { maxLength: 2 });

/** With three words at most, so that some value satisfies it. */
const sparse = (schema: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(given(schema)).slice(0, 5));

const { schema: inner } = fc.letrec<{ schema: Schema }>((tie) => {
  const part = tie("schema");
  const arrays = fc
    .record({
      type: fc.constant("array"),
      items: some(part),
      prefixItems: some(fc.array(part, { minLength: 1, maxLength: 3 })),
      minItems: some(size),
      maxItems: some(size),
    })
    .map(given);
  const unique = fc
    .record({
      type: fc.constant("array"),
      items: fc.record({ enum: fc.array(values, { minLength: 1, maxLength: 5 }) }),
      uniqueItems: fc.constant(true),
      minItems: some(size),
      maxItems: some(size),
    })
    .map(given);
  const objects = fc
    .record({
      type: fc.constant("object"),
      properties: some(fc.dictionary(fc.constantFrom(...names), part, { maxKeys: 4 })),
      required: some(fc.uniqueArray(fc.constantFrom(...names), { maxLength: 3 })),
      additionalProperties: some(part),
      patternProperties: some(fc.dictionary(patterns, part, { maxKeys: 2 })),
      propertyNames: some(strings),
      minProperties: some(fc.constantFrom(0, 1, 1, 2)),
      maxProperties: some(size),
      dependentRequired: some(fc.dictionary(fc.constantFrom(...names), someNames, { maxKeys: 1 })),
    })
    .map(sparse);
  return {
    schema: fc.oneof(
      { maxDepth: 3, depthIdentifier: "schema" },
      fc.oneof(
        strings,
        numbers,
        fc.record({ type: fc.oneof(types, fc.uniqueArray(types, { minLength: 1, maxLength: 3 })) }),
        fc.record({ enum: fc.array(values, { minLength: 1, maxLength: 5 }) }),
        fc.record({ const: values }),
        fc.record({ type: types, enum: fc.array(values, { minLength: 1, maxLength: 5 }) }),
        fc.constantFrom<Schema>(
          true,
          {},
          false,
          { $ref: "#/$defs/tree" },
          { $ref: "#/$defs/list" },
        ),
      ),
      arrays,
      unique,
      objects,
      fc.tuple(part, part).map((allOf) => ({ allOf })),
      fc.tuple(objects, part).map(([own, one]) => ({ ...own, anyOf: [one, { minProperties: 1 }] })),
      fc.tuple(objects, part).map(([own, one]) => ({ ...own, allOf: [one] })),
      objects.map((own) => ({ ...own, $ref: "#/$defs/tree" })),
      fc.array(part, { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
      fc.tuple(part, part).map(([one, two]) => ({
        oneOf: [
          {
            type: "object",
            properties: { kind: { const: "one" }, value: one },
            required: ["kind"],
          },
          {
            type: "object",
            properties: { kind: { const: "two" }, value: two },
            required: ["kind"],
          },
          { type: "integer" },
        ],
      })),
    ),
  };
});

/** Schemas with two recursive definitions. */
export const randomSchema: fc.Arbitrary<Record<string, unknown>> = inner.map((root) =>
  asJson({
    ...(typeof root === "boolean" ? { anyOf: [root] } : root),
    $defs: {
      tree: {
        type: "object",
        properties: {
          value: { type: "integer" },
          children: { type: "array", items: { $ref: "#/$defs/tree" } },
        },
        required: ["value"],
        additionalProperties: false,
      },
      list: {
        anyOf: [
          { type: "null" },
          { type: "array", prefixItems: [{ $ref: "#/$defs/list" }], items: false, minItems: 1 },
        ],
      },
    },
  }),
);
