import type { Automaton, State } from "./automaton";
import type { StringNode } from "./nodes";
import { FREE } from "./string-phases";
import type { TokenTrie } from "./token-trie";

/** The tokens that may come next. */
export interface TokenMask {
  /** One bit per token. */
  readonly bits: Uint32Array;
  /** After any of them, the text can end within so many tokens. */
  readonly mostCost: number;
}

/** Masks that are kept, in bytes. */
const MOST_BYTES = 2 ** 25;

/** The characters that a string may still have, where only plain text decides; undefined elsewhere. */
function plainRoom({ frames }: State): number | undefined {
  const [frame] = frames;
  if (frames.length !== 1 || frame!.phase !== FREE) return undefined;
  if (frame!.kind === "key" && frame!.word === null) return Infinity;
  return frame!.kind === "string" ? (frame!.node as StringNode).max - frame!.at : undefined;
}

/** Finds out which tokens may come, and keeps what it found. */
export class TokenMasks {
  private readonly masks = new Map<State, TokenMask>();

  constructor(private readonly automaton: Automaton) {}

  /** Bytes of the masks that are kept. */
  get sizeBytes(): number {
    return this.masks.size * Math.ceil(this.automaton.grammar.vocabulary.size / 32) * 4;
  }

  /** The tokens after which the text can still end. */
  of(state: State): TokenMask {
    const known = this.masks.get(state);
    const mask = known ?? this.find(state);
    this.masks.delete(state);
    this.masks.set(state, mask); // the one that was asked for last is the last to go
    if (this.sizeBytes > MOST_BYTES) this.masks.delete(this.masks.keys().next().value!);
    return mask;
  }

  /** Calls back for each token that may come, with the state after it. */
  private find(state: State): TokenMask {
    const { vocabulary } = this.automaton.grammar;
    const bits = new Uint32Array(Math.ceil(vocabulary.size / 32));
    let mostCost = 0;
    const allow = (ids: ArrayLike<number>, from: number, to: number, { cost }: State) => {
      if (cost === Infinity) return;
      if (cost > mostCost) mostCost = cost;
      for (let i = from; i < to; i++) bits[ids[i]! >>> 5]! |= 1 << (ids[i]! & 31);
    };
    const room = plainRoom(state);
    if (room === undefined) this.walk(vocabulary.trie, state, allow);
    else {
      for (const [characters, ids] of vocabulary.plain) {
        if (characters > room) continue;
        const next = this.automaton.afterAll(state, vocabulary.bytes[ids[0]!]!);
        if (next) allow(ids, 0, ids.length, next);
      }
      this.walk(vocabulary.special, state, allow);
    }
    return { bits, mostCost };
  }

  /** Walks the tokens' bytes together with the states after them. */
  private walk(
    { bytes, depths, skips, starts, tokens, deepest }: TokenTrie,
    state: State,
    allow: (ids: Int32Array, from: number, to: number, next: State) => void,
  ): void {
    const { automaton } = this;
    const path: State[] = Array(deepest + 1);
    path[0] = state;
    for (let place = 0; place < bytes.length; ) {
      const depth = depths[place]!;
      const next = automaton.after(path[depth - 1]!, bytes[place]!);
      if (!next) {
        place = skips[place]!;
        continue;
      }
      path[depth] = next;
      if (starts[place + 1]! > starts[place]!)
        allow(tokens, starts[place]!, starts[place + 1]!, next);
      place++;
    }
  }
}
