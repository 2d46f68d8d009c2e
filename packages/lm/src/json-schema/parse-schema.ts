import { LmError, whole } from "../errors";
import { accepts } from "./accepts";
import { areDisjoint } from "./disjoint";
import { type AnyOf, type Node, NodeStore, type Property, seal } from "./nodes";
import { numberNode } from "./number-bounds";

/** A JSON schema, parsed. */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown };

const types = ["null", "boolean", "object", "array", "number", "integer", "string"] as const;
type Type = (typeof types)[number];

/** Objects and lists of a schema inside one another. */
const MOST_NESTED = 128;
/** Nodes of a schema. */
const MOST_NODES = 4000;
/** Characters of all values of `enum` and `const` and of all names. */
const MOST_CHARACTERS = 2 ** 18;
/** Pairs of branches of `oneOf` that are compared. */
const MOST_PAIRS = 100_000;

const refuse = (path: string, what: string, fields: object = {}): never => {
  throw new LmError("ERR_ARGUMENT", `lm/jsonSchema: ${path}: ${what}`, {
    fields: { path, ...fields },
  });
};

const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A step of a JSON pointer. */
const step = (path: string, name: string | number) =>
  `${path}/${String(name).replaceAll("~", "~0").replaceAll("/", "~1")}`;

/** Reads one schema, with what its parts share. */
class SchemaReader {
  readonly nodes = new NodeStore();
  private readonly references = new Map<string, AnyOf>();
  /** Checks that need all nodes; run in this order. */
  private readonly later: (() => void)[] = [];
  private any: Node | undefined;
  private characters = 0;
  private pairs = 0;

  constructor(private readonly root: JsonSchema) {}

  read(): { root: Node; nodes: NodeStore } {
    const root = this.reference("#", "#", 0);
    for (const check of this.later) check();
    seal(this.nodes);
    return { root, nodes: this.nodes };
  }

  /** The node of a schema. */
  private node(schema: unknown, path: string, depth: number): Node {
    if (depth > MOST_NESTED) refuse(path, `schemas may be nested ${MOST_NESTED} times`);
    if (this.nodes.all.length > MOST_NODES) refuse(path, `a schema may have ${MOST_NODES} parts`);
    if (schema === true) return this.anything();
    if (schema === false) return this.nodes.literals(path, [], "false allows no value");
    if (!isObject(schema)) return refuse(path, "a schema must be an object, true or false");
    const {
      title,
      description,
      default: _,
      examples,
      deprecated,
      readOnly,
      writeOnly,
      ...known
    } = schema;
    const { $comment, $schema, $id, $defs, definitions, ...keywords } = known;
    if ($id !== undefined && path !== "#") refuse(path, "$id is supported at the root only");
    const { $ref, anyOf, oneOf, enum: values, const: value, ...shape } = keywords;
    const choices = { $ref, anyOf, oneOf };
    const [choice, ...others] = Object.entries(choices).filter(([, given]) => given !== undefined);
    if (!choice) return this.listed(schema, shape, path, depth);
    const beside = [
      ...others.map(([name]) => name),
      ...["enum", "const"].filter((name) => Object.hasOwn(keywords, name)),
      ...Object.keys(shape),
    ];
    if (beside.length > 0) refuse(path, `${beside[0]} is not supported beside ${choice[0]}`);
    if ($ref !== undefined) return this.reference($ref, path, depth);
    return this.branches(choice[0], choice[1], path, depth);
  }

  /** Any JSON value. */
  private anything(): Node {
    if (this.any) return this.any;
    const any = this.nodes.anyOf("#");
    this.any = any;
    any.branches = types
      .filter((type) => type !== "integer")
      .map((type) => this.ofType(type, {}, "#", 0));
    return any;
  }

  /** The node of `$ref`, once for each place that is referred to. */
  private reference($ref: unknown, path: string, depth: number): Node {
    if (typeof $ref !== "string" || !/^#(\/|$)/.test($ref))
      return refuse(path, "$ref must begin with # and name a place of this schema");
    const known = this.references.get($ref);
    if (known) return known;
    const node = this.nodes.anyOf($ref);
    this.references.set($ref, node);
    let target: unknown = this.root;
    for (const part of $ref.split("/").slice(1)) {
      const name = decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
      const inside = typeof target === "object" && target !== null && Object.hasOwn(target, name);
      if (!inside) return refuse(path, `$ref ${$ref} names nothing`);
      target = (target as Record<string, unknown>)[name];
    }
    node.branches = [this.node(target, $ref, depth + 1)];
    return node;
  }

  private branches(keyword: string, given: unknown, path: string, depth: number): Node {
    const place = step(path, keyword);
    if (!Array.isArray(given) || given.length === 0)
      return refuse(place, "must be a list of schemas");
    const parts = given.map((one, i) => this.node(one, step(place, i), depth + 1));
    if (keyword === "oneOf") this.later.push(() => this.checkOneOf(parts, place));
    return this.nodes.anyOf(place, parts);
  }

  /** Alternatives of `oneOf` are chosen freely, so that none may satisfy another. */
  private checkOneOf(parts: readonly Node[], place: string): void {
    for (const [i, one] of parts.entries())
      for (let k = 0; k < i; k++) {
        if (++this.pairs > MOST_PAIRS) refuse(place, "has too many alternatives to compare");
        if (!areDisjoint(one, parts[k]!))
          refuse(place, `${k} and ${i} are not known to exclude each other; use anyOf`);
      }
  }

  /** `enum` and `const`: their values that satisfy the keywords beside them. */
  private listed(
    schema: Readonly<Record<string, unknown>>,
    shape: Readonly<Record<string, unknown>>,
    path: string,
    depth: number,
  ): Node {
    const base = this.shaped(shape, path, depth);
    const hasConst = Object.hasOwn(schema, "const");
    if (!hasConst && schema.enum === undefined) return base;
    const { enum: list = [schema.const] } = schema;
    if (!Array.isArray(list)) return refuse(step(path, "enum"), "must be a list of values");
    this.count(path, JSON.stringify(list).length);
    const node = this.nodes.anyOf(path);
    this.later.push(() => {
      const equals = JSON.stringify(schema.const);
      const values = list.filter(
        (value) => accepts(base, value) && (!hasConst || JSON.stringify(value) === equals),
      );
      node.branches = [this.nodes.literals(path, values, "no value of enum or const is allowed")];
    });
    return node;
  }

  private count(path: string, characters: number): void {
    this.characters += characters;
    if (this.characters > MOST_CHARACTERS)
      refuse(path, `names and values may have ${MOST_CHARACTERS} characters in all`);
  }

  /** The keywords that each type has. */
  private shaped(shape: Readonly<Record<string, unknown>>, path: string, depth: number): Node {
    const { type = types.filter((one) => one !== "integer"), ...keywords } = shape;
    const list: readonly unknown[] = [type].flat();
    for (const one of list)
      if (!types.includes(one as Type))
        refuse(step(path, "type"), `must be of ${types.join(", ")}, got ${JSON.stringify(one)}`);
    const wanted = list.includes("number") ? list.filter((one) => one !== "integer") : list;
    const isFree = Object.keys(keywords).length === 0;
    if (isFree && shape.type === undefined) return this.anything();
    const branches = [...new Set(wanted)].map((one) =>
      this.ofType(one as Type, keywords, path, depth),
    );
    this.refuseUnknown(keywords, path);
    return branches.length === 1 ? branches[0]! : this.nodes.anyOf(path, branches);
  }

  private refuseUnknown(keywords: Readonly<Record<string, unknown>>, path: string): void {
    const { properties, required, additionalProperties, items, prefixItems, ...others } = keywords;
    const { minItems, maxItems, minLength, maxLength, minimum, maximum, ...more } = others;
    const { exclusiveMinimum, exclusiveMaximum, ...unknown } = more;
    const [name] = Object.keys(unknown);
    if (name !== undefined)
      refuse(path, `${name} is not supported: it could not be enforced`, { keyword: name });
  }

  private ofType(
    type: Type,
    keywords: Readonly<Record<string, unknown>>,
    path: string,
    depth: number,
  ): Node {
    const { nodes } = this;
    if (type === "null") return nodes.literals(path, [null], "");
    if (type === "boolean") return nodes.literals(path, [false, true], "");
    if (type === "number" || type === "integer") return numberNode(nodes, type, keywords, path);
    if (type === "array") return this.array(keywords, path, depth);
    if (type === "object") return this.object(keywords, path, depth);
    const { minLength, maxLength } = keywords;
    const min = whole("jsonSchema", step(path, "minLength"), minLength ?? 0, { min: 0 });
    const max = maxLength ?? Infinity;
    if (max !== Infinity) whole("jsonSchema", step(path, "maxLength"), max, { min: 0 });
    return nodes.string(path, min, max as number);
  }

  private array(
    { items = true, prefixItems = [], minItems = 0, maxItems = Infinity }: Record<string, unknown>,
    path: string,
    depth: number,
  ): Node {
    const min = whole("jsonSchema", step(path, "minItems"), minItems, { min: 0 });
    if (maxItems !== Infinity) whole("jsonSchema", step(path, "maxItems"), maxItems, { min: 0 });
    if (!Array.isArray(prefixItems)) refuse(step(path, "prefixItems"), "must be a list of schemas");
    if (Array.isArray(items))
      refuse(step(path, "items"), "must be a schema; a list stands in prefixItems");
    const prefix = (prefixItems as unknown[]).map((one, i) =>
      this.node(one, step(step(path, "prefixItems"), i), depth + 1),
    );
    const rest = items === false ? null : this.node(items, step(path, "items"), depth + 1);
    return this.nodes.array(path, { prefix, rest, min, max: maxItems as number });
  }

  private object(
    { properties = {}, required = [], additionalProperties = true }: Record<string, unknown>,
    path: string,
    depth: number,
  ): Node {
    if (!isObject(properties)) return refuse(step(path, "properties"), "must be an object");
    if (!Array.isArray(required) || !required.every((name) => typeof name === "string"))
      return refuse(step(path, "required"), "must be a list of names");
    const wanted = new Set<string>(required);
    const others = [...wanted].filter((name) => !Object.hasOwn(properties, name));
    this.count(path, [...Object.keys(properties), ...others].join("").length);
    const rest =
      additionalProperties === false
        ? null
        : () => this.node(additionalProperties, step(path, "additionalProperties"), depth + 1);
    const given: Omit<Property, "key" | "keyCosts">[] = [];
    for (const [name, schema] of Object.entries(properties)) {
      const node = this.node(schema, step(step(path, "properties"), name), depth + 1);
      given.push({ name, node, isRequired: wanted.has(name) });
    }
    const additional = rest?.() ?? null;
    for (const name of others) {
      const why = `${name} is required, but additionalProperties is false`;
      const node = additional ?? this.nodes.literals(path, [], why);
      given.push({ name, node, isRequired: true });
    }
    return this.nodes.object(path, given, additional);
  }
}

/**
 * Reads a schema.
 *
 * @returns the node of the whole, and all nodes
 * @throws {LmError} `ERR_ARGUMENT` for keywords that are not enforced and for malformed ones, naming the place
 */
export function parseSchema(schema: JsonSchema): { root: Node; nodes: NodeStore } {
  return new SchemaReader(schema).read();
}
