import type { Frame } from "./frame";
import type { Grammar } from "./grammar";
import type { ObjectNode, StringNode, TextNode } from "./nodes";
import { QUOTE } from "./signs";
import { stepKey } from "./step-object";
import { stringCost } from "./string-cost";
import { FREE, nextPhase } from "./string-phases";

/** A string that is being written, as far as its own bytes go. */
export interface StringWalker {
  /** The text or the names that it walks: equal owners and states have equal walks. */
  readonly owner: object | string;
  readonly state: number;
  /** Characters that may follow, if only their number decides; undefined where others do. */
  readonly room: number | undefined;
  /** The state after a byte that does not close it; −1 if it may not stand there. */
  after(state: number, byte: number): number;
  /** The frames after a quote that closes it; none if it may not. */
  closed(state: number): readonly Frame[];
  /** Tokens up to the end of the string and what belongs to it. */
  cost(state: number): number;
}

/** Phases of a string have numbers below it. */
const PHASES = 32;

/** A string that lengths alone limit: states are characters, counted from where the frame is, and a phase. */
function plainWalker(grammar: Grammar, { node, at, phase, parent }: Frame): StringWalker {
  const { min, max } = node as StringNode;
  const missing = Math.max(0, min - at);
  const { deepest } = grammar.vocabulary.trie;
  const left = max - at > deepest ? Infinity : max - at; // no token is longer
  const counted = left === Infinity ? missing : Math.max(missing, left);
  return {
    owner: `${missing} ${left}`,
    state: phase,
    room: phase === FREE ? left : undefined,
    after(state, byte) {
      const from = state % PHASES;
      const count = (state - from) / PHASES;
      const to = nextPhase(from, byte);
      if (to < 0 || (from === FREE && count >= left)) return -1;
      return to + PHASES * (to === FREE ? Math.min(count + 1, counted) : count);
    },
    closed: (state) => (state % PHASES === FREE && state / PHASES >= missing ? [parent!] : []),
    cost: (state) => stringCost(grammar, missing - Math.floor(state / PHASES), state % PHASES),
  };
}

/** The walk of a frame that is inside a string; undefined for others, and for names that may become declared ones. */
export function walkerOf(grammar: Grammar, frame: Frame): StringWalker | undefined {
  const { frames, vocabulary } = grammar;
  const { kind, node, phase, word, parent } = frame;
  if (kind === "string") return plainWalker(grammar, frame);
  const isName = kind === "key" && word === null && phase >= 0;
  if (kind !== "text" && !isName) return undefined;
  const owner = isName ? (node as ObjectNode).others! : (node as TextNode);
  const machine = frames.machine(owner, vocabulary);
  const state = isName ? phase : frame.at;
  return {
    owner,
    state,
    room: machine.isFree(state) ? Infinity : undefined,
    after: (from, byte) => machine.after(from, byte),
    closed(at) {
      if (machine.label(at) < 0) return [];
      if (!isName) return [parent!];
      const { at: next, count } = frame;
      const closing = frames.frame("key", { node, at: next, count, word, phase: at }, parent);
      const found: Frame[] = [];
      stepKey(grammar, closing, QUOTE, found);
      return found;
    },
    cost: (at) => machine.cost(at),
  };
}
