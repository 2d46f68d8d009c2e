import type { Automaton, State } from "./automaton";
import type { Frame } from "./frame";
import { type InsideMask, insideMask, setBits, walkTrie } from "./inside-mask";
import { costOf } from "./step";
import { type StringWalker, walkerOf } from "./string-walkers";
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

/** A mask that is being made. */
interface Draft {
  readonly bits: Uint32Array;
  mostCost: number;
}

/** Finds out which tokens may come, and keeps what it found. */
export class TokenMasks {
  private readonly masks = new Map<State, TokenMask>();
  /** Masks inside strings, by what they are walked for and their state. */
  private readonly insides = new Map<object | string, Map<number, InsideMask>>();
  private insideCount = 0;
  /** Places of the tree of tokens that were looked at. */
  looks = 0;

  constructor(private readonly automaton: Automaton) {}

  private get maskBytes(): number {
    return Math.ceil(this.automaton.grammar.vocabulary.size / 32) * 4;
  }

  /** Bytes of the masks that are kept. */
  get sizeBytes(): number {
    return (this.masks.size + this.insideCount) * this.maskBytes;
  }

  /** The tokens after which the text can still end. */
  of(state: State): TokenMask {
    const known = this.masks.get(state);
    const mask = known ?? this.find(state);
    this.masks.delete(state);
    this.masks.set(state, mask); // the one that was asked for last is the last to go
    if (this.masks.size * this.maskBytes > MOST_BYTES)
      this.masks.delete(this.masks.keys().next().value!);
    return mask;
  }

  private find(state: State): TokenMask {
    const { grammar } = this.automaton;
    const { vocabulary } = grammar;
    const draft: Draft = { bits: new Uint32Array(Math.ceil(vocabulary.size / 32)), mostCost: 0 };
    const walkers: StringWalker[] = [];
    for (const frame of state.frames) {
      const walker = walkerOf(grammar, frame);
      if (!walker) break;
      walkers.push(walker);
    }
    if (walkers.length < state.frames.length) this.walk(vocabulary.trie, state, draft);
    else this.findInside(state.frames, walkers, draft);
    return draft;
  }

  private allow(draft: Draft, trie: TokenTrie, place: number, { cost }: State): void {
    const [from, to] = [trie.starts[place]!, trie.starts[place + 1]!];
    if (from === to || cost === Infinity) return;
    if (cost > draft.mostCost) draft.mostCost = cost;
    setBits(draft.bits, trie.tokens, from, to);
  }

  /** Walks the tokens' bytes together with the states after them. */
  private walk(trie: TokenTrie, state: State, draft: Draft): void {
    const { automaton } = this;
    this.looks += walkTrie<State>(
      trie,
      state,
      (from, byte) => automaton.after(from, byte),
      (place, next) => this.allow(draft, trie, place, next),
    );
  }

  /** The mask inside a string, made once. */
  private inside(walker: StringWalker, isWhole: boolean): InsideMask {
    const own = this.insides.get(walker.owner) ?? new Map<number, InsideMask>();
    const key = 2 * walker.state + (isWhole ? 1 : 0);
    const known = own.get(key);
    if (known) return known;
    if (this.insideCount * this.maskBytes > MOST_BYTES) {
      this.insides.clear();
      this.insideCount = 0;
      own.clear();
    }
    const { vocabulary } = this.automaton.grammar;
    const made = insideMask(walker, vocabulary, isWhole, (places) => {
      this.looks += places;
    });
    this.insides.set(walker.owner, own);
    own.set(key, made);
    this.insideCount++;
    return made;
  }

  /** Tokens that stay inside strings, and those that close them and go on. */
  private findInside(
    frames: readonly Frame[],
    walkers: readonly StringWalker[],
    draft: Draft,
  ): void {
    const { automaton } = this;
    const { grammar } = automaton;
    const isWhole = walkers.every(({ room }) => room === undefined);
    const closed = new Map<number, Frame[]>(); // by the place of the quote
    for (const [i, walker] of walkers.entries()) {
      const frame = frames[i]!;
      const { bits, mostCost, exits } = this.inside(walker, isWhole);
      for (let at = 0; at < bits.length; at++) draft.bits[at]! |= bits[at]!;
      const around = costOf(grammar, frame) - walker.cost(walker.state);
      draft.mostCost = Math.max(draft.mostCost, mostCost + around);
      for (const [place, state] of exits) {
        const after = walker.closed(state);
        if (after.length > 0) closed.set(place, [...(closed.get(place) ?? []), ...after]);
      }
    }
    const { special, trie: all } = grammar.vocabulary;
    const trie = isWhole ? all : special;
    for (const [place, after] of closed) this.goOn(trie, place, automaton.stateOf(after)!, draft);
  }

  /** The tokens at and below a place, whose state is known. */
  private goOn(trie: TokenTrie, start: number, state: State, draft: Draft): void {
    const { bytes, depths, skips } = trie;
    this.allow(draft, trie, start, state);
    const path: State[] = [];
    path[depths[start]!] = state;
    for (let place = start + 1; place < skips[start]!; ) {
      this.looks++;
      const depth = depths[place]!;
      const next = this.automaton.after(path[depth - 1]!, bytes[place]!);
      if (!next) {
        place = skips[place]!;
        continue;
      }
      path[depth] = next;
      this.allow(draft, trie, place, next);
      place++;
    }
  }
}
