/**
 * @file A JSON schema as nodes: each says which values may stand in one place. `cost`, `bytes` and `nesting` are of a value's
 *   shortest text, see `measure.ts`.
 */
import type { Dfa } from "./automata/dfa";
import type { CheapestCharacters, TextCosts } from "./automata/text-costs";
import { refuse } from "./places";
import { noWords, type Word } from "./word-trie";

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

/** A string of a language, spelled as `JSON.stringify` does. */
export interface TextNode extends Measured {
  readonly kind: "text";
  readonly dfa: Dfa;
  /** Whether the schema allows no other strings: a format may be read in other ways, or not at all. */
  readonly isExact: boolean;
  /** Set by `measure`; the closing quote is counted. */
  costs?: TextCosts | undefined;
  characters?: CheapestCharacters | undefined;
}

/** A number of up to 15 digits before and after the point, and an exponent of up to two. */
export interface FreeNumber extends Measured {
  readonly kind: "number";
  readonly isInteger: boolean;
}

/** A decimal with up to `scale` digits after the point, between two bounds, and a multiple of a step, in units of 10^−scale. */
export interface RangeNode extends Measured {
  readonly kind: "range";
  readonly low: bigint;
  readonly high: bigint;
  readonly scale: number;
  readonly step: bigint;
  /** Whether no format took part. */
  readonly isExact: boolean;
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

/** Properties whose names are not declared. */
export interface Others {
  /** Their names, each labelled with the number of its value's node; declared ones are not told apart. */
  readonly dfa: Dfa;
  readonly nodes: readonly Node[];
  /** Whether no format took part. */
  readonly isExact: boolean;
  /** Set by `measure`: tokens of what is left of a name, up to the end of its value. */
  costs?: TextCosts | undefined;
  characters?: CheapestCharacters | undefined;
  /** Tokens of the shortest name of each label, where an object needs one; set by `measure`. */
  nameCosts?: readonly number[] | undefined;
}

/** Declared properties come in their order, others after them. */
export interface ObjectNode extends Measured {
  readonly kind: "object";
  readonly properties: readonly Property[];
  readonly others: Others | null;
  /** Whether it and the nodes beside it are all objects that the schema allows. */
  readonly isWhole: boolean;
  /** A choice of the values of others, if there must be one of these; declared names are none of them then. */
  readonly neededOther: AnyOf | null;
  /** Properties that it may have. */
  readonly max: number;
  /** The names as they are written, without quotes; words are numbered as the properties. */
  names: Word;
  /** The first required property from each on; −1 if there is none. */
  readonly nextRequired: readonly number[];
  /** How many properties are required from each on, one of the others included. */
  readonly requiredFrom: readonly number[];
  /** Tokens of the required properties from each on, with a comma before each. */
  restCosts: readonly number[];
}

/** Items of a list. */
export interface ArrayNode extends Measured {
  readonly kind: "array";
  readonly prefix: readonly Node[];
  rest: Node | null;
  readonly min: number;
  readonly max: number;
  /** Whether no two items may be equal; `rest` is then one of some values. */
  readonly isUnique: boolean;
  /** Tokens of what is left of each of these values, by how much of it stands. */
  valueCosts: readonly (readonly number[])[];
  /** The numbers of these values, the cheapest first. */
  valueOrder: readonly number[];
}

/** A node that is no choice between others. */
export type Head =
  | Literals
  | StringNode
  | TextNode
  | FreeNumber
  | RangeNode
  | ObjectNode
  | ArrayNode;

/** Which values may stand in one place. */
export type Node = AnyOf | Head;

/** The node of an array's item, null if there is none. */
export const itemNode = ({ prefix, rest }: ArrayNode, at: number): Node | null =>
  prefix[at] ?? rest;

const noBytes = new Uint8Array();

/** The parts of an object besides declared properties. */
export type ObjectParts = Pick<ObjectNode, "others"> &
  Partial<Pick<ObjectNode, "max" | "neededOther" | "isWhole">>;

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

  /** @param what the words that no text satisfies, if there is none */
  text(path: string, dfa: Dfa, isExact: boolean, what: string): TextNode {
    const why = dfa.start < 0 ? `no text satisfies ${what}` : undefined;
    return this.put({ ...this.measured(path, why), kind: "text", dfa, isExact });
  }

  number(path: string, isInteger: boolean): FreeNumber {
    return this.put({ ...this.measured(path), kind: "number", isInteger });
  }

  range(path: string, range: Omit<RangeNode, keyof Measured | "kind">): RangeNode {
    const { low, high, step } = range;
    const first = low + (((-low % step) + step) % step); // the first multiple from `low` on
    const why = first > high ? "no number is within its bounds" : undefined;
    return this.put({ ...this.measured(path, why), kind: "range", ...range });
  }

  object(
    path: string,
    given: readonly Omit<Property, "key" | "keyCosts">[],
    { others, max = Infinity, neededOther = null, isWhole = true }: ObjectParts,
  ): ObjectNode {
    const properties: Property[] = given.map((one) => ({ ...one, key: noBytes, keyCosts: [] }));
    const nextRequired = Array<number>(properties.length + 2).fill(-1);
    const requiredFrom = Array<number>(properties.length + 2).fill(neededOther ? 1 : 0);
    requiredFrom[properties.length + 1] = 0;
    for (let i = properties.length - 1; i >= 0; i--) {
      const { isRequired } = properties[i]!;
      nextRequired[i] = isRequired ? i : nextRequired[i + 1]!;
      requiredFrom[i] = requiredFrom[i + 1]! + (isRequired ? 1 : 0);
    }
    const needed = requiredFrom[0]!;
    const why =
      needed > max ? `${needed} properties are needed, maxProperties is ${max}` : undefined;
    return this.put({
      ...this.measured(path, why),
      kind: "object",
      properties,
      others,
      isWhole,
      neededOther,
      max,
      names: noWords,
      nextRequired,
      requiredFrom,
      restCosts: [],
    });
  }

  array(
    path: string,
    items: Pick<ArrayNode, "prefix" | "rest" | "min" | "max" | "isUnique">,
  ): ArrayNode {
    const { min, max, prefix, rest } = items;
    const why =
      min > max
        ? `minItems ${min} is above maxItems ${max}`
        : min > prefix.length && rest === null
          ? `minItems ${min} is above the ${prefix.length} items of prefixItems`
          : undefined;
    return this.put({
      ...this.measured(path, why),
      kind: "array",
      ...items,
      valueCosts: [],
      valueOrder: [],
    });
  }
}
