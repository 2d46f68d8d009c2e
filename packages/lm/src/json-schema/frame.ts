import type { Node } from "./nodes";
import type { Word } from "./word-trie";

/** One value that is being written. */
export type FrameKind =
  | "end"
  | "begin"
  | "literals"
  | "string"
  | "number"
  | "range"
  | "object"
  | "key"
  | "colon"
  | "array";

/** One place of a text that is being written, and the places around it. Equal frames are one object. */
export interface Frame {
  readonly id: number;
  readonly kind: FrameKind;
  readonly node: Node | null;
  /** Characters of a string, digits of a number, items of a list; the next property of an object. */
  readonly at: number;
  /** The possible continuations, by the kind of frame. */
  readonly phase: number;
  /** Inside a value of `enum`, or a declared name. */
  readonly word: Word | null;
  /** The digits of a number with bounds. */
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
  word?: Word | null | undefined;
  text?: string | undefined;
}

/** Makes frames, each once. */
export class FrameStore {
  private readonly known = new Map<string, Frame>();
  readonly end: Frame = this.frame("end", {}, null);

  /** Frames made so far. */
  get count(): number {
    return this.known.size;
  }

  frame(kind: FrameKind, fields: FrameFields, parent: Frame | null): Frame {
    const { node = null, at = 0, phase = 0, word = null, text = "" } = fields;
    const key = `${kind} ${node?.id} ${at} ${phase} ${word?.id} ${text} ${parent?.id}`;
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
