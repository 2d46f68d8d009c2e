import type { Dfa } from "./dfa";

/** The kind of what stands before a place: nothing, a character of a word, another one. */
export type Context = "start" | "word" | "other";
export const contexts: readonly Context[] = ["start", "word", "other"];

/** A deterministic automaton that begins in a state of its own for each context, and ends in one that accepts whatever follows. */
export interface Matcher extends Dfa {
  readonly starts: Readonly<Record<Context, number>>;
  /** After it, any text is accepted; −1 if there is no such state. */
  readonly all: number;
}
