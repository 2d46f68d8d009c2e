import type { Slices } from "@deepgrain/support";
import type { Pace } from "./pace";
import type { Pipeline } from "./pipeline";
import { sectionsOf } from "./sections";

/** A part of a text before it is cut into words. */
export type Stretch =
  /** An added token. */
  | { readonly type: "token"; readonly text: string }
  /** Text between added tokens, normalised. */
  | {
      readonly type: "stretch";
      readonly text: string;
      /** Number of the section of the whole that it is in. */
      readonly section: number;
    };

/** Writes a section of a text as the tokenizer's normaliser does. */
export type NormalText = (pipeline: Pipeline, section: string, pace: Pace) => Slices<string>;

/** The added tokens of a text and what stands between them; undefined where others may have their turn. */
export function* stretchesOf(
  pipeline: Pipeline,
  text: string,
  pace: Pace,
  normalText: NormalText,
): Generator<Stretch | undefined, void, undefined> {
  const { added_tokens_map: added } = pipeline;
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
      if (added.has(part)) yield { type: "token", text: part };
      else yield { type: "stretch", text: part, section: i };
    }
  }
}
