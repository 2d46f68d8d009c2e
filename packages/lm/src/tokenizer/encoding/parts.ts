import { normalText } from "./normal-text";
import type { Pace } from "./pace";
import type { Pipeline } from "./pipeline";
import { preTokens } from "./pre-tokens";
import { sectionsOf } from "./sections";

/** A part of a text on its way to tokens. */
export type Part =
  /** An added token. */
  | { readonly type: "token"; readonly text: string }
  /** A pre-token, as the model gets it. */
  | { readonly type: "word"; readonly text: string }
  /** The end of a run of words: unknown characters before it and behind it are no one token. */
  | { readonly type: "end" };

const end: Part = { type: "end" };

/** The parts of a text, each found when it is asked for; undefined where others may have their turn. */
export function* partsOf(
  pipeline: Pipeline,
  text: string,
  pace: Pace,
): Generator<Part | undefined, void, undefined> {
  const { added_tokens_map: added, pre_tokenizer } = pipeline;
  const sections = yield* sectionsOf(text, pipeline.splitter_unnormalized.trie, added, pace);
  for (const [i, section] of sections.entries()) {
    if (section === "") continue;
    if (added.has(section)) {
      yield { type: "token", text: section };
      continue;
    }
    const normal = yield* normalText(pipeline, section, pace);
    const inner = yield* sectionsOf(normal, pipeline.splitter_normalized.trie, added, pace);
    for (const part of inner) {
      if (part === "") continue;
      if (added.has(part)) {
        yield { type: "token", text: part };
        continue;
      }
      for (const word of preTokens(pre_tokenizer, part, i, pace))
        yield word === undefined ? undefined : { type: "word", text: word };
      yield end;
    }
  }
}
