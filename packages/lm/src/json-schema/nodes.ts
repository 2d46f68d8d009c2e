/**
 * @file A JSON schema as nodes: each says which values may stand in one place. `cost`, `bytes` and `nesting` are of a value's
 *   shortest text, see `measure.ts`.
 */
import type { Budget, Slices } from "@deepgrain/support";
import { refuse } from "./places";
import { noWords, type Word, wordTrie } from "./word-trie";

/** Nodes of a schema, references not counted. */
const MOST_PARTS = 4000;

/** The fields of every node. */
interface Measured {
  readonly id: number;
  /** Where the schema has it, as a JSON pointer with `#` in front. */
  readonly path: string;
  /** Why nothing satisfies it, where the schema itself says so. */
  why?: string | undefined;
  /** Tokens of the shortest text; Infinity if there is none. */
  cost: number;
  /** Length of that text. */
  bytes: number;
  /** Objects and arrays inside one another in that text. */
  nesting: number;
}

/** One of several nodes. */
export interface AnyOf extends Measured {
  readonly kind: "any-of";
  branches: Node[];
  /** The nodes behind the branches that are no choices themselves; found by `headsOf`. */
  heads?: readonly Head[] | undefined;
}

/** One of some values, written without spaces. */
export interface Literals extends Measured {
  readonly kind: "literals";
  values: readonly unknown[];
  /** A node that the values must satisfy besides; undefined once those that do not are gone. */
  base?: Node | undefined;
  /** Those that do. */
  fitting?: readonly unknown[] | undefined;
  /** The values as they are written. */
  words: Word;
}

/** Lengths count code points. */
export interface StringNode extends Measured {
  readonly kind: "string";
  readonly min: number;
  readonly max: number;
}

/** A number of up to 15 digits before and after the point, and an exponent of up to two. */
export interface FreeNumber extends Measured {
  readonly kind: "number";
  readonly isInteger: boolean;
}

/** A decimal with up to `scale` digits after the point, between two bounds in units of 10^−scale. */
export interface RangeNode extends Measured {
  readonly kind: "range";
  readonly low: bigint;
  readonly high: bigint;
  readonly scale: number;
}

/** One declared property. */
export interface Property {
  readonly name: string;
  /** `"name":` in UTF-8. */
  key: Uint8Array;
  readonly node: Node;
  readonly isRequired: boolean;
  /** Tokens that spell what is left of the key, by how much of it stands. */
  keyCosts: readonly number[];
}

/** Declared properties come in their order, others after them. */
export interface ObjectNode extends Measured {
  readonly kind: "object";
  readonly properties: readonly Property[];
  readonly additional: Node | null;
  /** The names as they are written, without quotes; words are numbered as the properties. */
  names: Word;
  /** The first required property from each on; −1 if there is none. */
  readonly nextRequired: readonly number[];
  /** Tokens of the required properties from each on, with a comma before each. */
  restCosts: readonly number[];
}

/** Items of a list. */
export interface ArrayNode extends Measured {
  readonly kind: "array";
  readonly prefix: readonly Node[];
  readonly rest: Node | null;
  readonly min: number;
  readonly max: number;
}

/** A node that is no choice between others. */
export type Head = Literals | StringNode | FreeNumber | RangeNode | ObjectNode | ArrayNode;

/** Which values may stand in one place. */
export type Node = AnyOf | Head;

/** The node of an array's item, null if there is none. */
export const itemNode = ({ prefix, rest }: ArrayNode, at: number): Node | null =>
  prefix[at] ?? rest;

const noBytes = new Uint8Array();

/** Makes nodes, and knows them all. */
export class NodeStore {
  readonly all: Node[] = [];
  /** Of all words that `spellWords` spelled. */
  characters = 0;
  private parts = 0;

  private measured(path: string, why?: string | undefined): Measured {
    return { id: this.all.length, path, why, cost: Infinity, bytes: Infinity, nesting: 0 };
  }

  private put<T extends Node>(node: T): T {
    if (++this.parts > MOST_PARTS) refuse(node.path, `a schema may have ${MOST_PARTS} parts`);
    this.all.push(node);
    return node;
  }

  /** A node that stands for another one, which is not known yet: its one branch. */
  reference(path: string): AnyOf {
    const node: AnyOf = { ...this.measured(path), kind: "any-of", branches: [] };
    this.all.push(node);
    return node;
  }

  anyOf(path: string, branches: Node[], why?: string | undefined): AnyOf {
    return this.put({ ...this.measured(path, why), kind: "any-of", branches });
  }

  /**
   * @param why said if there are no values
   * @param base what the values must satisfy besides
   */
  literals(path: string, values: readonly unknown[], why: string, base?: Node): Literals {
    const reason = values.length === 0 ? why : undefined;
    const measured = this.measured(path, reason);
    return this.put({ ...measured, kind: "literals", values, base, words: noWords });
  }

  string(path: string, min: number, max: number): StringNode {
    const why = min > max ? `minLength ${min} is above maxLength ${max}` : undefined;
    return this.put({ ...this.measured(path, why), kind: "string", min, max });
  }

  number(path: string, isInteger: boolean): FreeNumber {
    return this.put({ ...this.measured(path), kind: "number", isInteger });
  }

  range(path: string, range: { low: bigint; high: bigint; scale: number }): RangeNode {
    const why = range.low > range.high ? "no number is within its bounds" : undefined;
    return this.put({ ...this.measured(path, why), kind: "range", ...range });
  }

  object(
    path: string,
    given: readonly Omit<Property, "key" | "keyCosts">[],
    additional: Node | null,
  ): ObjectNode {
    const properties: Property[] = given.map((one) => ({ ...one, key: noBytes, keyCosts: [] }));
    const nextRequired = Array<number>(properties.length + 1).fill(-1);
    for (let i = properties.length - 1; i >= 0; i--)
      nextRequired[i] = properties[i]!.isRequired ? i : nextRequired[i + 1]!;
    return this.put({
      ...this.measured(path),
      kind: "object",
      properties,
      additional,
      names: noWords,
      nextRequired,
      restCosts: [],
    });
  }

  array(path: string, items: Pick<ArrayNode, "prefix" | "rest" | "min" | "max">): ArrayNode {
    const { min, max, prefix, rest } = items;
    const why =
      min > max
        ? `minItems ${min} is above maxItems ${max}`
        : min > prefix.length && rest === null
          ? `minItems ${min} is above the ${prefix.length} items of prefixItems`
          : undefined;
    return this.put({ ...this.measured(path, why), kind: "array", ...items });
  }
}

/** Spells the values and names of all nodes, once those that are not allowed are gone. */
export function* spellWords(nodes: NodeStore): Slices<void> {
  const encoder = new TextEncoder();
  const spell = (words: readonly string[]) => {
    for (const { length } of words) nodes.characters += length;
    return wordTrie(words);
  };
  for (const node of nodes.all) {
    if (node.kind === "literals") {
      node.values = node.fitting ?? node.values;
      node.base = undefined;
      if (node.values.length === 0) node.why ??= "no value of enum or const is allowed";
      node.words = yield* spell(node.values.map((value) => JSON.stringify(value)));
    } else if (node.kind === "object") {
      const names = node.properties.map(({ name }) => JSON.stringify(name));
      for (const [i, name] of names.entries()) node.properties[i]!.key = encoder.encode(`${name}:`);
      node.names = yield* spell(names.map((name) => name.slice(1, -1)));
    }
  }
}

/**
 * The nodes behind a node that are no choices themselves; found once, when all nodes are known. Choices of one branch share the
 * list of what they stand for.
 *
 * @param budget a step is one branch that is looked at
 */
export function headsOf(node: Node, budget?: Budget | undefined): readonly Head[] {
  const chain = new Set<AnyOf>();
  let at = node;
  while (at.kind === "any-of" && !at.heads && !chain.has(at)) {
    chain.add(at);
    if (at.branches.length !== 1) break;
    at = at.branches[0]!;
  }
  budget?.spendSteps(chain.size);
  const heads = at.kind === "any-of" ? (at.heads ?? foundHeads(at, budget)) : [at];
  for (const one of chain) one.heads = heads;
  return heads;
}

function foundHeads(node: AnyOf, budget: Budget | undefined): Head[] {
  const found = new Set<Head>();
  const seen = new Set<Node>([node]);
  const open: Node[] = [...node.branches];
  for (let one = open.pop(); one; one = open.pop()) {
    budget?.spendSteps(1);
    if (seen.has(one)) continue;
    seen.add(one);
    if (one.kind !== "any-of") found.add(one);
    else if (!one.heads) for (const branch of one.branches) open.push(branch);
    else {
      budget?.spendSteps(one.heads.length);
      for (const head of one.heads) found.add(head);
    }
  }
  return [...found];
}
