import { normalText } from "./normal-text";
import type { Pace } from "./pace";
import type { Pipeline } from "./pipeline";
import { preTokens } from "./pre-tokens";
import { type Stretch, stretchesOf } from "./stretches";

/** A part of a text on its way to tokens. */
export type Part =
  /** An added token. */
  | { readonly type: "token"; readonly text: string }
  /** A pre-token, as the model gets it. */
  | { readonly type: "word"; readonly text: string }
  /** The end of a run of words: unknown characters before it and behind it are no one token. */
  | { readonly type: "end" };

const end: Part = { type: "end" };

/** The words of a stretch of text, each found when it is asked for; undefined where others may have their turn. */
export function* wordsOf(
  { pre_tokenizer }: Pipeline,
  { text, section }: Extract<Stretch, { type: "stretch" }>,
  pace: Pace,
): Generator<Part | undefined, void, undefined> {
  for (const word of preTokens(pre_tokenizer, text, section, pace))
    yield word === undefined ? undefined : { type: "word", text: word };
  yield end;
}

/** The parts of a text, each found when it is asked for; undefined where others may have their turn. */
export function* partsOf(
  pipeline: Pipeline,
  text: string,
  pace: Pace,
): Generator<Part | undefined, void, undefined> {
  for (const stretch of stretchesOf(pipeline, text, pace, normalText))
    if (stretch?.type === "stretch") yield* wordsOf(pipeline, stretch, pace);
    else yield stretch;
}
