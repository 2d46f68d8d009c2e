import { QUOTE } from "./signs";
import type { StringWalker } from "./string-walkers";
import type { TokenTrie } from "./token-trie";
import type { Vocabulary } from "./vocabulary";

/** The tokens that may follow inside a string, whatever stands around it. */
export interface InsideMask {
  /** One bit per token that stays inside. */
  readonly bits: Uint32Array;
  /** After any of these, the string can end within so many tokens. */
  readonly mostCost: number;
  /** Places of a tree with quotes, with the state before them. */
  readonly exits: readonly (readonly [place: number, state: number])[];
}

/** Calls back for each place of a tree that a walk reaches, and leaves out what is below one that it does not. */
export function walkTrie<State>(
  { bytes, depths, skips, deepest }: TokenTrie,
  start: State,
  after: (state: State, byte: number, place: number) => State | null,
  reach: (place: number, state: State) => void,
): number {
  const path: State[] = Array(deepest + 1);
  path[0] = start;
  let looks = 0;
  for (let place = 0; place < bytes.length; ) {
    const depth = depths[place]!;
    const next = after(path[depth - 1]!, bytes[place]!, place);
    looks++;
    if (next === null) {
      place = skips[place]!;
      continue;
    }
    path[depth] = next;
    reach(place, next);
    place++;
  }
  return looks;
}

/** Sets the bits of some tokens. */
export function setBits(bits: Uint32Array, ids: ArrayLike<number>, from: number, to: number): void {
  for (let i = from; i < to; i++) bits[ids[i]! >>> 5]! |= 1 << (ids[i]! & 31);
}

/**
 * The mask inside a string.
 * @param isWhole whether exits are places of the tree of all tokens, not of the special ones
 * @param look told how many places of a tree were looked at
 */
export function insideMask(
  walker: StringWalker,
  vocabulary: Vocabulary,
  isWhole: boolean,
  look: (places: number) => void,
): InsideMask {
  const bits = new Uint32Array(Math.ceil(vocabulary.size / 32));
  const exits: [number, number][] = [];
  let mostCost = 0;
  const allow = (ids: ArrayLike<number>, from: number, to: number, state: number) => {
    if (from === to) return;
    const cost = walker.cost(state);
    if (cost === Infinity) return;
    if (cost > mostCost) mostCost = cost;
    setBits(bits, ids, from, to);
  };
  const walk = (trie: TokenTrie, exit: (place: number, state: number) => void) =>
    walkTrie<number>(
      trie,
      walker.state,
      (state, byte, place) => {
        if (byte === QUOTE) exit(place, state);
        const next = walker.after(state, byte);
        return next < 0 ? null : next;
      },
      (place, state) => allow(trie.tokens, trie.starts[place]!, trie.starts[place + 1]!, state),
    );
  const exit = (place: number, state: number) => exits.push([place, state]);
  if (isWhole) {
    look(walk(vocabulary.trie, exit));
    return { bits, mostCost, exits };
  }
  const { room } = walker;
  if (room === undefined) look(walk(vocabulary.plainTrie, () => {}));
  else
    for (const [characters, ids] of vocabulary.plain) {
      if (characters > room) continue;
      let state = walker.state;
      for (const byte of vocabulary.bytes[ids[0]!]!) state = walker.after(state, byte);
      allow(ids, 0, ids.length, state);
    }
  look(walk(vocabulary.special, exit));
  return { bits, mostCost, exits };
}
