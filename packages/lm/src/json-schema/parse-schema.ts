import { type Budget, type Slices, shown } from "@deepgrain/support";
import { whole } from "../errors";
import { accepts } from "./accepts";
import { areDisjoint } from "./disjoint";
import {
  type AnyOf,
  type Literals,
  type Node,
  NodeStore,
  type Property,
  spellWords,
} from "./nodes";
import { numberNode } from "./number-bounds";
import { isObject, isReferenceAlone, referred, refuse, place as step } from "./places";

/** A JSON schema, parsed. */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown };

const types = ["null", "boolean", "object", "array", "number", "integer", "string"] as const;
type Type = (typeof types)[number];

/** Characters of all values of `enum` and `const` and of all names. */
const MOST_CHARACTERS = 2 ** 18;
/** Schemas between two slices. */
const SLICE = 64;
/** Pairs of branches of `oneOf` that are compared. */
const MOST_PAIRS = 100_000;

/** A place that is referred to, before it has been read. */
interface Waiting {
  readonly target: unknown;
  readonly path: string;
  readonly node: AnyOf;
}

/**
 * Reads one schema, with what its parts share. Each place is read once, wherever it is met first: references wait in a queue, so
 * that the order of definitions decides nothing.
 */
class SchemaReader {
  readonly nodes = new NodeStore();
  /** The node of each schema that was read, or is referred to. */
  private readonly places = new Map<object, Node>();
  private readonly waiting: Waiting[] = [];
  private readonly enums: Literals[] = [];
  private readonly choices: { parts: readonly Node[]; place: string }[] = [];
  private any: Node | undefined;
  private count = 0;
  private characters = 0;
  private pairs = 0;

  constructor(
    private readonly root: JsonSchema,
    private readonly budget: Budget,
  ) {}

  *read(): Slices<{ root: Node; nodes: NodeStore }> {
    const root = yield* this.reference("#", "#");
    for (const { target, path, node } of this.waiting) {
      if (node.branches.length === 0) node.branches = [yield* this.unread(target, path)];
      yield;
    }
    for (const node of this.enums) yield* this.settle(node);
    yield* spellWords(this.nodes);
    for (const { parts, place } of this.choices) yield* this.checkOneOf(parts, place);
    return { root, nodes: this.nodes };
  }

  /** Leaves the values of `enum` and `const` that the keywords beside them allow. */
  private *settle(node: Literals): Slices<void> {
    const fitting: unknown[] = [];
    for (const value of node.values) {
      if (yield* accepts(node.base!, value, this.budget)) fitting.push(value);
      yield;
    }
    node.fitting = fitting;
  }

  /** The node of a schema. */
  private *node(schema: unknown, path: string): Slices<Node> {
    if (!isObject(schema)) return yield* this.unread(schema, path);
    const known = this.places.get(schema);
    if (known) return known;
    const node = yield* this.unread(schema, path);
    const early = this.places.get(schema); // a reference from inside it
    if (early?.kind === "any-of") early.branches = [node];
    else this.places.set(schema, node);
    return node;
  }

  /** The node of a schema that is read for the first time. */
  private *unread(schema: unknown, path: string): Slices<Node> {
    if (++this.count % SLICE === 0) yield;
    if (schema === true) return yield* this.anything();
    if (schema === false) return this.nodes.literals(path, [], "false allows no value");
    if (!isObject(schema)) return refuse(path, "a schema must be an object, true or false");
    if (isReferenceAlone(schema)) return yield* this.reference(schema.$ref, path);
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
    if (!choice) return yield* this.listed(schema, shape, path);
    const beside = [
      ...others.map(([name]) => name),
      ...["enum", "const"].filter((name) => Object.hasOwn(keywords, name)),
      ...Object.keys(shape),
    ];
    if (beside.length > 0) refuse(path, `${beside[0]} is not supported beside ${choice[0]}`);
    if ($ref !== undefined) return yield* this.reference($ref, path);
    return yield* this.branches(choice[0], choice[1], path);
  }

  /** Any JSON value. */
  private *anything(): Slices<Node> {
    if (this.any) return this.any;
    const any = this.nodes.anyOf("#", []);
    this.any = any;
    for (const type of types)
      if (type !== "integer") any.branches.push(yield* this.ofType(type, {}, "#"));
    return any;
  }

  /** The node of `$ref`, once for each place that is referred to. */
  private *reference($ref: unknown, path: string): Slices<Node> {
    const target = referred(this.root, $ref, path);
    if (!isObject(target)) return yield* this.unread(target, $ref as string);
    const known = this.places.get(target);
    if (known) return known;
    const node = this.nodes.reference($ref as string);
    this.places.set(target, node);
    this.waiting.push({ target, path: $ref as string, node });
    return node;
  }

  /** The nodes of a list of schemas. */
  private *list(given: readonly unknown[], place: string): Slices<Node[]> {
    const nodes: Node[] = [];
    for (const [i, one] of given.entries()) nodes.push(yield* this.node(one, step(place, i)));
    return nodes;
  }

  private *branches(keyword: string, given: unknown, path: string): Slices<Node> {
    const place = step(path, keyword);
    if (!Array.isArray(given) || given.length === 0)
      return refuse(place, "must be a list of schemas");
    const parts = yield* this.list(given, place);
    if (keyword === "oneOf") this.choices.push({ parts, place });
    return this.nodes.anyOf(place, parts);
  }

  /** Alternatives of `oneOf` are chosen freely, so that none may satisfy another. */
  private *checkOneOf(parts: readonly Node[], place: string): Slices<void> {
    for (const [i, one] of parts.entries())
      for (let k = 0; k < i; k++) {
        if (++this.pairs > MOST_PAIRS) refuse(place, "has too many alternatives to compare");
        if (!(yield* areDisjoint(one, parts[k]!, this.budget)))
          refuse(place, `${k} and ${i} are not known to exclude each other; use anyOf`);
        yield;
      }
  }

  /** `enum` and `const`: their values that satisfy the keywords beside them. */
  private *listed(
    schema: Readonly<Record<string, unknown>>,
    shape: Readonly<Record<string, unknown>>,
    path: string,
  ): Slices<Node> {
    const base = yield* this.shaped(shape, path);
    const hasConst = Object.hasOwn(schema, "const");
    if (!hasConst && schema.enum === undefined) return base;
    const { enum: list = [schema.const] } = schema;
    if (!Array.isArray(list)) return refuse(step(path, "enum"), "must be a list of values");
    this.countCharacters(path, JSON.stringify(list).length);
    const equals = JSON.stringify(schema.const);
    const values = hasConst ? list.filter((value) => JSON.stringify(value) === equals) : list;
    const node = this.nodes.literals(path, values, "no value of enum or const is allowed", base);
    this.enums.push(node);
    return node;
  }

  private countCharacters(path: string, characters: number): void {
    this.characters += characters;
    if (this.characters > MOST_CHARACTERS)
      refuse(path, `names and values may have ${MOST_CHARACTERS} characters in all`);
  }

  /** The keywords that each type has. */
  private *shaped(shape: Readonly<Record<string, unknown>>, path: string): Slices<Node> {
    const { type = types.filter((one) => one !== "integer"), ...keywords } = shape;
    const list: readonly unknown[] = [type].flat();
    for (const one of list)
      if (!types.includes(one as Type))
        refuse(step(path, "type"), `must be of ${types.join(", ")}, got ${shown(one)}`);
    const wanted = list.includes("number") ? list.filter((one) => one !== "integer") : list;
    const isFree = Object.keys(keywords).length === 0;
    if (isFree && shape.type === undefined) return yield* this.anything();
    const branches: Node[] = [];
    for (const one of new Set(wanted))
      branches.push(yield* this.ofType(one as Type, keywords, path));
    this.refuseUnknown(keywords, path);
    if (branches.length === 1) return branches[0]!;
    return this.nodes.anyOf(path, branches, list.length === 0 ? "type lists nothing" : undefined);
  }

  private refuseUnknown(keywords: Readonly<Record<string, unknown>>, path: string): void {
    const { properties, required, additionalProperties, items, prefixItems, ...others } = keywords;
    const { minItems, maxItems, minLength, maxLength, minimum, maximum, ...more } = others;
    const { exclusiveMinimum, exclusiveMaximum, ...unknown } = more;
    const [name] = Object.keys(unknown);
    if (name !== undefined)
      refuse(path, `${name} is not supported: it could not be enforced`, { keyword: name });
  }

  private *ofType(
    type: Type,
    keywords: Readonly<Record<string, unknown>>,
    path: string,
  ): Slices<Node> {
    const { nodes } = this;
    if (type === "null") return nodes.literals(path, [null], "");
    if (type === "boolean") return nodes.literals(path, [false, true], "");
    if (type === "number" || type === "integer") return numberNode(nodes, type, keywords, path);
    if (type === "array") return yield* this.array(keywords, path);
    if (type === "object") return yield* this.object(keywords, path);
    const { minLength, maxLength } = keywords;
    const min = whole("jsonSchema", step(path, "minLength"), minLength ?? 0, { min: 0 });
    const max = maxLength ?? Infinity;
    if (max !== Infinity) whole("jsonSchema", step(path, "maxLength"), max, { min: 0 });
    return nodes.string(path, min, max as number);
  }

  private *array(
    { items = true, prefixItems = [], minItems = 0, maxItems = Infinity }: Record<string, unknown>,
    path: string,
  ): Slices<Node> {
    const min = whole("jsonSchema", step(path, "minItems"), minItems, { min: 0 });
    if (maxItems !== Infinity) whole("jsonSchema", step(path, "maxItems"), maxItems, { min: 0 });
    if (!Array.isArray(prefixItems)) refuse(step(path, "prefixItems"), "must be a list of schemas");
    if (Array.isArray(items))
      refuse(step(path, "items"), "must be a schema; a list stands in prefixItems");
    const prefix = yield* this.list(prefixItems as unknown[], step(path, "prefixItems"));
    const rest = items === false ? null : yield* this.node(items, step(path, "items"));
    return this.nodes.array(path, { prefix, rest, min, max: maxItems as number });
  }

  private *object(
    { properties = {}, required = [], additionalProperties = true }: Record<string, unknown>,
    path: string,
  ): Slices<Node> {
    if (!isObject(properties)) return refuse(step(path, "properties"), "must be an object");
    if (!Array.isArray(required) || !required.every((name) => typeof name === "string"))
      return refuse(step(path, "required"), "must be a list of names");
    const wanted = new Set<string>(required);
    const others = [...wanted].filter((name) => !Object.hasOwn(properties, name));
    this.countCharacters(path, [...Object.keys(properties), ...others].join("").length);
    const given: Omit<Property, "key" | "keyCosts">[] = [];
    for (const [name, schema] of Object.entries(properties)) {
      const node = yield* this.node(schema, step(step(path, "properties"), name));
      given.push({ name, node, isRequired: wanted.has(name) });
    }
    const additional =
      additionalProperties === false
        ? null
        : yield* this.node(additionalProperties, step(path, "additionalProperties"));
    for (const name of others) {
      const why = `${name} is required, but additionalProperties is false`;
      const node = additional ?? this.nodes.literals(path, [], why);
      given.push({ name, node, isRequired: true });
    }
    return this.nodes.object(path, given, additional);
  }
}

/**
 * Reads a schema, as `JSON.parse` gives it.
 *
 * @param budget a step is a comparison of a value or an alternative with a node
 * @returns the node of the whole, and all nodes
 * @throws {LmError} `ERR_ARGUMENT` for keywords that are not enforced and for malformed ones, naming the place; `ERR_LIMIT`
 */
export const parseSchema = (
  schema: JsonSchema,
  budget: Budget,
): Slices<{ root: Node; nodes: NodeStore }> => new SchemaReader(schema, budget).read();
