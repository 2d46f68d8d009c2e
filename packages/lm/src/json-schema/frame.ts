import { ByteMachine } from "./automata/byte-machine";
import type { Node, Others, TextNode } from "./nodes";
import type { Vocabulary } from "./vocabulary";
import type { Word } from "./word-trie";

/** One value that is being written. */
export type FrameKind =
  | "end"
  | "begin"
  | "literals"
  | "string"
  | "text"
  | "number"
  | "range"
  | "object"
  | "key"
  | "colon"
  | "array"
  | "item";

/** One place of a text that is being written, and the places around it. Equal frames are one object. */
export interface Frame {
  readonly id: number;
  readonly kind: FrameKind;
  readonly node: Node | null;
  /** Characters of a string, digits of a number, items of a list; the next property of an object; the state of a text. */
  readonly at: number;
  /** The possible continuations, by the kind of frame; of a key, the state of its name. */
  readonly phase: number;
  /** Properties of an object, where they are limited. */
  readonly count: number;
  /** Inside a value of `enum`, or a declared name. */
  readonly word: Word | null;
  /** The digits of a number with bounds; the values that a list has, if its items differ. */
  readonly text: string;
  /** The frame that goes on after it; null at the end of the text. */
  readonly parent: Frame | null;
  /** Objects and lists that are open. */
  readonly depth: number;
  /** Tokens to the end of the text, the text being finished in the shortest way; −1 until it is asked for. */
  cost: number;
}

/** A frame's own fields; others are 0, "" or null. */
export interface FrameFields {
  node?: Node | null | undefined;
  at?: number | undefined;
  phase?: number | undefined;
  count?: number | undefined;
  word?: Word | null | undefined;
  text?: string | undefined;
}

/** Makes frames, each once, and the machines that walk texts byte by byte. */
export class FrameStore {
  private readonly machines = new Map<object, ByteMachine>();
  private readonly known = new Map<string, Frame>();
  readonly end: Frame = this.frame("end", {}, null);

  /** Frames and rows of machines made so far. */
  get count(): number {
    let rows = 0;
    for (const { rowCount } of this.machines.values()) rows += 4 * rowCount;
    return this.known.size + rows;
  }

  /** The machine of a measured text, or of the names of others. */
  machine(owner: TextNode | Others, vocabulary: Vocabulary): ByteMachine {
    const known = this.machines.get(owner);
    if (known) return known;
    const made = new ByteMachine({ dfa: owner.dfa, costs: owner.costs! }, vocabulary);
    this.machines.set(owner, made);
    return made;
  }

  frame(kind: FrameKind, fields: FrameFields, parent: Frame | null): Frame {
    const { node = null, at = 0, phase = 0, count = 0, word = null, text = "" } = fields;
    const key = `${kind} ${node?.id} ${at} ${phase} ${count} ${word?.id} ${text} ${parent?.id}`;
    const found = this.known.get(key);
    if (found) return found;
    const opens = kind === "object" || kind === "array" || kind === "key";
    const depth = (parent?.depth ?? 0) + (opens ? 1 : 0);
    const made: Frame = {
      id: this.known.size,
      kind,
      node,
      at,
      phase,
      count,
      word,
      text,
      parent,
      depth,
      cost: -1,
    };
    this.known.set(key, made);
    return made;
  }
}
