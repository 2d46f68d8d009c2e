import type { LogitsProcessor } from "./logits-processor";

/** The text that a constraint is made for. */
export interface ConstrainedText {
  /** Tokens of the prompt. */
  readonly promptLength: number;
  /** New tokens that it may have, the one that ends it included. */
  readonly maxNewTokens: number;
  /** Tokens that end it. */
  readonly eosTokenIds: readonly number[];
}

/**
 * Makes the processor that keeps a text to a form. The processor knows nothing but the tokens that it is given, so that one
 * serves all continuations of a prompt.
 */
export type Constraint = ((text: ConstrainedText) => LogitsProcessor) & {
  /** The same as data, where it can be said so: what is sent to another thread in its place. */
  readonly jsonSchema?: unknown;
  /** Likewise, of a constraint of `compileTools`. */
  readonly toolRules?: unknown;
};
