/** A question before a result. */
export interface Question<R> {
  asks: string;
  /** Two or three. */
  answers: readonly string[];
  /** The index of the answer that the results give. */
  answer(results: readonly R[]): number;
}

/**
 * A step of a page's story.
 *
 * @typeParam S the page's state, of which a step gives what differs from the initial one
 * @typeParam R the page's result at a state
 */
export interface Step<S, R> {
  title: string;
  /** Id of the part that is outlined. */
  look: string;
  /** Id of the control that is moved, or that moves what is seen. */
  control: string;
  /** One, or two that are compared. */
  states: readonly [Partial<S>] | readonly [Partial<S>, Partial<S>];
  /** 60 at most; `{loss}` or `{loss|losses}` is a word of `words.ts`. */
  words: string;
  question?: Question<R> | undefined;
  /** The result in a sentence, whose numbers are those of the results. */
  sentence(results: readonly R[]): string;
  /** Whether the results show what the step is about. */
  holds(results: readonly R[]): boolean;
  /** The reason; a guess is called one. */
  why: string;
}

/** The last step where a study has tested the paper's claims: what came out. */
export interface OutcomeStep {
  title: string;
  look: string;
  words: string;
}

/** A page's story. */
export interface Story<S, R> {
  steps: readonly Step<S, R>[];
  /** The outcome of the re-run, where the page has a study. */
  outcome?: OutcomeStep | undefined;
  /** Names of the two sides that a result compares, if it does. */
  sides?: readonly [string, string] | undefined;
}

/** The outcome of a re-run in words, as the site is built with it. */
export interface Outcome {
  sentence: string;
  /** The other claims, a line each. */
  others: readonly string[];
}

/** The results of a story's steps, one for each of their states, as recorded. */
export interface RecordedStory<R> {
  command: string;
  commit: string;
  results: R[][];
}
