import type { Both, End } from "./names";

/** An answer to a prompt. */
export interface PromptAnswer {
  label: string;
  /** Its probability among the prompt's labels. */
  sure: number;
}

/** The flow of a layer for the model's own answer, in shares of all flow between two tokens of the prompt. */
export interface LayerLines {
  /** Into label words. */
  into: number;
  /** From label words into the answer. */
  from: number;
  /** From a token to a later one, those of half a hundredth and more. */
  lines: (readonly [source: number, to: number, share: number])[];
}

/** One prompt as a model reads it. */
export interface ReadPrompt {
  whole: PromptAnswer;
  /** Every number of layers from both ends. */
  cuts: (PromptAnswer & { where: End; layers: number })[];
  /** Per layer. */
  flow: LayerLines[];
}

/** One prompt as both models read it. */
export interface Reading {
  /** The prompt in its lines. */
  text: string;
  models: Both<ReadPrompt>;
}
