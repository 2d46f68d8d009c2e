import { signal } from "@preact/signals";

/** A visitor's answer to the question of a story's step, and what came out. */
export interface Answer {
  /** The number of the step. */
  step: number;
  asks: string;
  answer: string;
  /** The answer that the results give; "" while there are none. */
  right: string;
  /** The results in a sentence; "" while there are none. */
  cameOut: string;
}

/** The last answer given on this page; null before the first. */
export const answered = signal<Answer | null>(null);
