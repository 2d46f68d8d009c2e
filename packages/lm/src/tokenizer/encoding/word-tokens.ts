import { BPE, Unigram, WordPiece } from "@huggingface/tokenizers";
import { bestPieces } from "./best-pieces";
import { mergedTokens } from "./merged-tokens";
import type { Pace } from "./pace";
import type { ModelStep } from "./pipeline";

/** Longer words are turned into tokens in slices; the library keeps the tokens of shorter ones. */
const LONG = 256;

/** The tokens of a word, as the tokenizer's model spells them; undefined where others may have their turn. */
export function* wordTokens(
  model: ModelStep,
  word: string,
  pace: Pace,
): Generator<string | undefined, void, undefined> {
  if (pace.isDue(word.length)) yield undefined;
  if (word.length < LONG) yield* model.encode([word]);
  else if (model instanceof BPE) yield* mergedTokens(model, word, pace);
  else if (model instanceof Unigram) yield* yield* bestPieces(model, word, pace);
  // A character is at most two units long.
  else if (model instanceof WordPiece && word.length > 2 * model.max_input_chars_per_word)
    yield model.unk_token as string;
  else yield* model.encode([word]);
}
