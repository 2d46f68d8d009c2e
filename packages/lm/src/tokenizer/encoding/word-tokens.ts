import { BPE, Unigram, WordPiece } from "@huggingface/tokenizers";
import { bestPieces } from "./best-pieces";
import { mergeWord } from "./merge-word";
import type { Pace } from "./pace";
import type { ModelStep } from "./pipeline";

/** Longer words are turned into tokens in slices; the library keeps the tokens of shorter ones. */
const LONG = 256;

const encoder = new TextEncoder();

/** The tokens of a symbol that merging has left: itself, its bytes, or the unknown token. */
function spelled(bpe: BPE, symbol: string): string[] {
  if (bpe.tokens_to_ids.has(symbol)) return [symbol];
  if (bpe.byte_fallback) {
    const bytes = Array.from(
      encoder.encode(symbol),
      (byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
    );
    if (bytes.every((byte) => bpe.tokens_to_ids.has(byte))) return bytes;
  }
  return bpe.unk_token == null ? [] : [bpe.unk_token];
}

function* mergedTokens(bpe: BPE, word: string, pace: Pace) {
  if (bpe.ignore_merges && bpe.tokens_to_ids.has(word)) {
    yield word;
    return;
  }
  for (const symbol of yield* mergeWord(bpe, word, pace)) {
    yield* spelled(bpe, symbol);
    if (pace.isDue(1)) yield undefined;
  }
}

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
