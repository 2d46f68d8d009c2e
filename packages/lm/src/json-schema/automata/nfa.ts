import type { Budget } from "@deepgrain/support";
import { type Alphabet, alphabetOf, classesOf } from "./alphabet";
import { ALL, type Ranges, WORD } from "./code-points";
import type { Pattern } from "./pattern";

/** States of one automaton before it is deterministic. */
const MOST_STATES = 2 ** 16;

/** One state: it reads a character of a set, or goes on without reading. */
export type NfaState =
  | { readonly kind: "set"; readonly classes: Uint8Array; readonly next: number }
  | { readonly kind: "split"; readonly next: number[] }
  | {
      readonly kind: "start" | "end" | "boundary" | "no-boundary";
      readonly next: number;
    }
  | {
      readonly kind: "ahead";
      readonly part: Nfa;
      readonly isNegated: boolean;
      readonly next: number;
    }
  | { readonly kind: "final" };

/** An automaton that is not deterministic; its last text may be followed by anything. */
export interface Nfa {
  readonly alphabet: Alphabet;
  readonly states: NfaState[];
  readonly start: number;
  readonly hasBoundaries: boolean;
}

/** The sets of a pattern, each once. */
function collectSets(pattern: Pattern, sets: Map<string, Ranges>): boolean {
  switch (pattern.kind) {
    case "set":
      sets.set(pattern.ranges.join(), pattern.ranges);
      return false;
    case "boundary":
      sets.set(WORD.join(), WORD);
      return true;
    case "sequence":
    case "choice":
      return pattern.parts.map((part) => collectSets(part, sets)).includes(true);
    case "repeat":
    case "ahead":
      return collectSets(pattern.part, sets);
    default:
      return false;
  }
}

class NfaBuilder {
  readonly states: NfaState[] = [{ kind: "final" }];
  private readonly classes = new Map<Ranges, Uint8Array>();

  constructor(
    private readonly alphabet: Alphabet,
    private readonly hasBoundaries: boolean,
    private readonly budget: Budget,
    private readonly tooLarge: () => never,
  ) {}

  private add(state: NfaState): number {
    this.budget.spendSteps(1);
    if (this.states.length === MOST_STATES) this.tooLarge();
    return this.states.push(state) - 1;
  }

  /** The first state of a pattern that is followed by a state. */
  before(pattern: Pattern, next: number): number {
    switch (pattern.kind) {
      case "set": {
        const { ranges } = pattern;
        const classes = this.classes.get(ranges) ?? classesOf(this.alphabet, ranges);
        this.classes.set(ranges, classes);
        return this.add({ kind: "set", classes, next });
      }
      case "sequence": {
        let at = next;
        for (let i = pattern.parts.length - 1; i >= 0; i--) at = this.before(pattern.parts[i]!, at);
        return at;
      }
      case "choice":
        return this.add({
          kind: "split",
          next: pattern.parts.map((part) => this.before(part, next)),
        });
      case "repeat":
        return this.repeat(pattern.part, pattern.min, pattern.max, next);
      case "start":
      case "end":
        return this.add({ kind: pattern.kind, next });
      case "boundary":
        return this.add({ kind: pattern.isNegated ? "no-boundary" : "boundary", next });
      case "ahead": {
        const { isNegated } = pattern;
        const { alphabet, hasBoundaries, budget, tooLarge } = this;
        const builder = new NfaBuilder(alphabet, hasBoundaries, budget, tooLarge);
        const start = builder.before(pattern.part, 0);
        const part = { alphabet, states: builder.states, start, hasBoundaries };
        return this.add({ kind: "ahead", part, isNegated, next });
      }
    }
  }

  private repeat(part: Pattern, min: number, max: number, next: number): number {
    let at = next;
    if (max === Infinity) {
      const loop = { kind: "split", next: [next] } satisfies NfaState;
      at = this.add(loop);
      (loop.next as number[]).push(this.before(part, at));
    } else
      for (let i = min; i < max; i++)
        at = this.add({ kind: "split", next: [next, this.before(part, at)] });
    for (let i = 0; i < min; i++) {
      this.budget.spendSteps(1); // also where the part has no states
      at = this.before(part, at);
    }
    return at;
  }
}

/**
 * The automaton of a pattern, after Thompson's construction.
 *
 * @param budget a step is a state
 * @param tooLarge throws the error of an expression with more than 65,536 states
 * @see Thompson 1968, Regular expression search algorithm
 */
export function nfaOf(pattern: Pattern, budget: Budget, tooLarge: () => never): Nfa {
  const sets = new Map<string, Ranges>([[ALL.join(), ALL]]);
  const hasBoundaries = collectSets(pattern, sets);
  const alphabet = alphabetOf([...sets.values()]);
  budget.spendSteps(alphabet.cuts.length);
  const builder = new NfaBuilder(alphabet, hasBoundaries, budget, tooLarge);
  const start = builder.before(pattern, 0);
  return { alphabet, states: builder.states, start, hasBoundaries };
}
