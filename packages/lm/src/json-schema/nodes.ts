/**
 * @file A JSON schema as nodes: each says which values may stand in one place. `cost`, `bytes` and `nesting` are of the shortest
 *   text that was found for a value, see `measure.ts`.
 */
import { type Word, wordTrie } from "./word-trie";

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
  readonly values: readonly unknown[];
  readonly words: Word;
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
  readonly key: Uint8Array;
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
  readonly names: Word;
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
  /** Tokens of the first items that have nodes of their own, with a comma before each: sums up to each. */
  prefixCosts: readonly number[];
}

/** A node that is no choice between others. */
export type Head = Literals | StringNode | FreeNumber | RangeNode | ObjectNode | ArrayNode;

/** Which values may stand in one place. */
export type Node = AnyOf | Head;

/** The node of an array's item, null if there is none. */
export const itemNode = ({ prefix, rest }: ArrayNode, at: number): Node | null =>
  prefix[at] ?? rest;

/** Makes nodes, and knows them all. */
export class NodeStore {
  readonly all: Node[] = [];

  private measured(path: string, why?: string | undefined): Measured {
    return { id: this.all.length, path, why, cost: Infinity, bytes: Infinity, nesting: 0 };
  }

  private put<T extends Node>(node: T): T {
    this.all.push(node);
    return node;
  }

  anyOf(path: string, branches: Node[] = []): AnyOf {
    return this.put({ ...this.measured(path), kind: "any-of", branches });
  }

  /** @param why said if there are no values */
  literals(path: string, values: readonly unknown[], why: string): Literals {
    const words = wordTrie(values.map((value) => JSON.stringify(value)));
    const reason = values.length === 0 ? why : undefined;
    return this.put({ ...this.measured(path, reason), kind: "literals", values, words });
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
    const encoder = new TextEncoder();
    const properties: Property[] = given.map((one) => {
      return { ...one, key: encoder.encode(`${JSON.stringify(one.name)}:`), keyCosts: [] };
    });
    const nextRequired = Array<number>(properties.length + 1).fill(-1);
    for (let i = properties.length - 1; i >= 0; i--)
      nextRequired[i] = properties[i]!.isRequired ? i : nextRequired[i + 1]!;
    const names = wordTrie(properties.map(({ name }) => JSON.stringify(name).slice(1, -1)));
    return this.put({
      ...this.measured(path),
      kind: "object",
      properties,
      additional,
      names,
      nextRequired,
      restCosts: [],
    });
  }

  array(path: string, items: Pick<ArrayNode, "prefix" | "rest" | "min" | "max">): ArrayNode {
    const { min, max } = items;
    const why = min > max ? `minItems ${min} is above maxItems ${max}` : undefined;
    return this.put({ ...this.measured(path, why), kind: "array", ...items, prefixCosts: [] });
  }
}

/** The nodes behind a node that are no choices themselves. */
export function headsOf(node: Node): readonly Head[] {
  if (node.kind !== "any-of") return [node];
  if (node.heads) return node.heads;
  const found = new Set<Head>();
  const seen = new Set<Node>([node]);
  const open: Node[] = [...node.branches];
  for (let one = open.pop(); one; one = open.pop()) {
    if (seen.has(one)) continue;
    seen.add(one);
    if (one.kind === "any-of") open.push(...one.branches);
    else found.add(one);
  }
  return [...found];
}

/** Keeps the heads of all choices; nothing may change afterwards. */
export function seal({ all }: NodeStore): void {
  for (const node of all) if (node.kind === "any-of") node.heads = headsOf(node);
}
