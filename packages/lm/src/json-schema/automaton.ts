import type { Frame } from "./frame";
import { FrameStore } from "./frame";
import type { Grammar } from "./grammar";
import { costOf, isComplete, MOST_READINGS, step } from "./step";

/** The readings of a text at one place that are still possible. Equal states are one object. */
export interface State {
  readonly id: number;
  readonly frames: readonly Frame[];
  /** Whether the text may end here. */
  readonly isComplete: boolean;
  /** Tokens to the end of the text in the shortest way. */
  readonly cost: number;
  /** The state after each byte, as far as it is known; null if no reading is left. */
  readonly next: (State | null | undefined)[];
}

/** Readings after a byte of which the cheapest are chosen: the cheapest reading before it gives the first of them. */
const MOST_FOUND = 4 * MOST_READINGS;

/** The states of a grammar, made as texts reach them. */
export class Automaton {
  private readonly states = new Map<string, State>();
  readonly start: State;
  /** Transitions computed so far: the work that was done. */
  transitions = 0;

  constructor(readonly grammar: Grammar) {
    const { frames, root } = grammar;
    this.start = this.stateOf([frames.frame("begin", { node: root, phase: 1 }, frames.end)])!;
  }

  /** States made so far. */
  get count(): number {
    return this.states.size;
  }

  /** The state of some readings; null if there is none. */
  stateOf(found: readonly Frame[]): State | null {
    if (found.length === 0) return null;
    const unique = [...new Set(found)];
    unique.sort((a, b) => costOf(this.grammar, a) - costOf(this.grammar, b) || a.id - b.id);
    const frames = unique.slice(0, MOST_READINGS);
    const key = frames.map(({ id }) => id).join();
    const known = this.states.get(key);
    if (known) return known;
    const made: State = {
      id: this.states.size,
      frames,
      isComplete: frames.some(isComplete),
      cost: costOf(this.grammar, frames[0]!),
      next: [],
    };
    this.states.set(key, made);
    return made;
  }

  /** The state after one byte; null if it may not stand there. */
  after(state: State, byte: number): State | null {
    const known = state.next[byte];
    if (known !== undefined) return known;
    const found: Frame[] = [];
    for (const frame of state.frames) {
      step(this.grammar, frame, byte, found);
      if (found.length >= MOST_FOUND) break;
    }
    this.transitions++;
    const next = this.stateOf(found);
    state.next[byte] = next;
    return next;
  }

  /** The state after some bytes. */
  afterAll(state: State, bytes: Uint8Array): State | null {
    let at: State | null = state;
    for (let i = 0; at && i < bytes.length; i++) at = this.after(at, bytes[i]!);
    return at;
  }
}

/** A store of frames for a new automaton. */
export const newFrames = (): FrameStore => new FrameStore();
