import type { Budget, Slices } from "@deepgrain/support";
import { accepts, equalJson } from "./accepts";
import { areDisjoint } from "./disjoint";
import { type Choice, type Conjunction, Flattener, type Own, type Placed } from "./flatten";
import { type Type, types, wordsOf } from "./keywords";
import { type AnyOf, type ArrayNode, type Literals, type Node, NodeStore } from "./nodes";
import { numberNode } from "./number-bounds";
import { isObject, refuse, place as step } from "./places";
import { readArray, settleUnique } from "./read-array";
import { NameReader } from "./read-names";
import { ObjectReader, type Surroundings } from "./read-object";
import { TextReader } from "./read-text";
import { Resources } from "./resources";
import { spellWords } from "./spell-words";
import { commonTypes, typesOf } from "./types";

/** A JSON schema, parsed. */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown };

/** Characters of all values of `enum` and `const` and of all names. */
const MOST_CHARACTERS = 2 ** 18;
/** Schemas between two slices. */
const SLICE = 64;
/** Pairs of branches of `oneOf` that are compared. */
const MOST_PAIRS = 100_000;

/** A place that is referred to, before it has been read. */
interface Waiting {
  readonly read: () => Slices<Node>;
  readonly node: AnyOf;
}

/**
 * Reads one schema, with what its parts share. Each place is read once, wherever it is met first, and so is each set of places that
 * a value must satisfy at once: references and sets wait in a queue, so that the order of definitions decides nothing.
 */
class SchemaReader {
  readonly nodes = new NodeStore();
  /** The node of each schema that was read, or is referred to. */
  private readonly places = new Map<object, Node>();
  /** The node of each set of schemas. */
  private readonly sets = new Map<string, AnyOf>();
  private readonly waiting: Waiting[] = [];
  private readonly enums: Literals[] = [];
  private readonly unique: ArrayNode[] = [];
  private readonly choices: { parts: readonly Node[]; place: string }[] = [];
  /** The nodes of types without words. */
  private readonly free = new Map<Type, Node>();
  private any: Node | undefined;
  private count = 0;
  private characters = 0;
  private pairs = 0;
  private readonly resources: Resources;
  private readonly flattener: Flattener;
  private readonly around: Surroundings;
  private readonly objects: ObjectReader;

  constructor(
    private readonly root: JsonSchema,
    private readonly budget: Budget,
    refusesUnknown: boolean,
  ) {
    this.resources = new Resources(root);
    this.flattener = new Flattener(this.resources, budget, refusesUnknown);
    const texts = new TextReader(budget, refusesUnknown);
    this.around = {
      nodes: this.nodes,
      texts,
      names: new NameReader(this.flattener, texts, budget),
      budget,
      all: (schemas, path) => this.all(schemas, path),
      countCharacters: (path, characters) => this.countCharacters(path, characters),
    };
    this.objects = new ObjectReader(this.around);
  }

  *read(): Slices<{ root: Node; nodes: NodeStore }> {
    const root = yield* this.reference(this.root, "#");
    for (const { read, node } of this.waiting) {
      if (node.branches.length === 0) node.branches = [yield* read()];
      yield;
    }
    for (const node of this.enums) yield* this.settle(node);
    for (const node of this.unique) node.rest = settleUnique(node, this.around);
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
    const { hasShape, joined, choices } = this.flattener.flat(schema, path);
    const [choice] = choices;
    if (!choice && joined.length === 0) return yield* this.listed([{ schema, path }], path);
    if (!choice && !hasShape && joined.length === 1)
      return yield* this.reference(joined[0]!.schema, joined[0]!.path);
    if (choice && choices.length === 1 && !hasShape && joined.length === 0)
      return yield* this.branches(choice);
    return this.conjunction(this.flattener.all([{ schema, path }]), path);
  }

  /** The node of all of some schemas at once. */
  private *all(schemas: readonly Placed[], path: string): Slices<Node> {
    const [only, ...more] = schemas;
    if (!only) return yield* this.anything();
    if (more.length === 0) return yield* this.node(only.schema, only.path);
    return this.conjunction(this.flattener.all(schemas), path);
  }

  /** The node of words and choices, once for each set of them. */
  private conjunction(parts: Conjunction, path: string): Node {
    const key = this.flattener.keyOf(parts);
    const known = this.sets.get(key);
    if (known) return known;
    const node = this.nodes.reference(path);
    this.sets.set(key, node);
    this.waiting.push({ read: () => this.joined(parts, path), node });
    return node;
  }

  private *joined({ owns, choices, never }: Conjunction, path: string): Slices<Node> {
    if (never !== undefined) return this.nodes.literals(never, [], "false allows no value");
    const [choice, ...rest] = choices;
    if (!choice) return yield* this.listed(owns, path);
    const parts: Node[] = [];
    for (const one of choice.alternatives) {
      this.budget.spendSteps(owns.length + rest.length);
      const more = { owns, choices: rest, never: undefined };
      parts.push(this.conjunction(this.flattener.all([one], more), one.path));
      if (++this.count % SLICE === 0) yield;
    }
    return this.chosen(choice, parts);
  }

  private chosen({ path, isOne }: Choice, parts: Node[]): Node {
    if (isOne) this.choices.push({ parts, place: path });
    return this.nodes.anyOf(path, parts);
  }

  /** Any JSON value. */
  private *anything(): Slices<Node> {
    if (this.any) return this.any;
    const any = this.nodes.anyOf("#", []);
    this.any = any;
    for (const type of types)
      if (type !== "integer") any.branches.push(yield* this.ofType(type, [], "#"));
    return any;
  }

  /** The node of a place that is referred to, once for each. */
  private *reference(target: unknown, path: string): Slices<Node> {
    if (!isObject(target)) return yield* this.unread(target, path);
    const known = this.places.get(target);
    if (known) return known;
    const node = this.nodes.reference(path);
    this.places.set(target, node);
    this.waiting.push({ read: () => this.unread(target, path), node });
    return node;
  }

  private *branches(choice: Choice): Slices<Node> {
    const parts: Node[] = [];
    for (const { schema, path } of choice.alternatives) parts.push(yield* this.node(schema, path));
    return this.chosen(choice, parts);
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
  private *listed(owns: readonly Own[], path: string): Slices<Node> {
    const base = yield* this.shaped(owns, path);
    const lists = owns.flatMap(({ schema, path: at }) => {
      const found: (readonly unknown[])[] = [];
      const { enum: list } = schema;
      if (list !== undefined && !Array.isArray(list))
        return refuse(step(at, "enum"), "must be a list of values");
      if (list !== undefined) found.push(list);
      if (Object.hasOwn(schema, "const")) found.push([schema.const]);
      return found;
    });
    const [first, ...others] = lists.sort((a, b) => a.length - b.length);
    if (!first) return base;
    this.countCharacters(path, JSON.stringify(first).length);
    const isIn = (list: readonly unknown[], value: unknown) =>
      list.some((one) => equalJson(one, value, this.budget));
    const values = first.filter((value) => others.every((list) => isIn(list, value)));
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
  private *shaped(owns: readonly Own[], path: string): Slices<Node> {
    const has = (words: readonly string[]) =>
      owns.filter(({ schema }) => words.some((word) => Object.hasOwn(schema, word)));
    const allowed = owns.map(typesOf).reduce(commonTypes, typesOf({ schema: {}, path }));
    const branches: Node[] = [];
    let isFree = allowed.length === types.length - 1;
    for (const type of allowed) {
      const own = has(wordsOf[type]);
      if (own.length > 0) isFree = false;
      branches.push(yield* this.ofType(type, own, path));
    }
    if (isFree) return yield* this.anything();
    if (branches.length === 1) return branches[0]!;
    const why = owns.length > 1 ? "no type is allowed" : "type lists nothing";
    return this.nodes.anyOf(path, branches, branches.length === 0 ? why : undefined);
  }

  private *ofType(type: Type, owns: readonly Own[], path: string): Slices<Node> {
    if (owns.length > 0) return yield* this.fresh(type, owns, path);
    const known = this.free.get(type) ?? (yield* this.fresh(type, owns, path));
    this.free.set(type, known);
    return known;
  }

  private *fresh(type: Type, owns: readonly Own[], path: string): Slices<Node> {
    const { nodes } = this;
    if (type === "null") return nodes.literals(path, [null], "");
    if (type === "boolean") return nodes.literals(path, [false, true], "");
    if (type === "number" || type === "integer") return numberNode(nodes, type, owns, path);
    if (type === "object") return yield* this.objects.object(owns, path);
    if (type === "array") {
      const array = yield* readArray(owns, path, this.around);
      if (array.isUnique) this.unique.push(array);
      return array;
    }
    const { languages, length, isExact, words } = yield* this.around.texts.rules(owns);
    if (languages.length === 0) return nodes.string(path, length.min, length.max);
    const dfa = yield* this.around.texts.meeting(languages, length);
    return nodes.text(path, dfa, isExact, words);
  }
}

/**
 * Reads a schema, as `JSON.parse` gives it.
 *
 * @param budget a step is a comparison of a value or an alternative with a node, a schema that is joined with others, or a
 *   transition of an automaton
 * @param refusesUnknown whether words and formats that no draft names are refused, not ignored
 * @returns the node of the whole, and all nodes
 * @throws {LmError} `ERR_ARGUMENT` for keywords that are not enforced and for malformed ones, naming the place; `ERR_LIMIT`
 */
export const parseSchema = (
  schema: JsonSchema,
  budget: Budget,
  refusesUnknown = false,
): Slices<{ root: Node; nodes: NodeStore }> =>
  new SchemaReader(schema, budget, refusesUnknown).read();
