import type { BPE } from "@huggingface/tokenizers";
import { mergeWord } from "./merge-word";
import type { Pace } from "./pace";

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

/** The tokens of a long word by byte-pair encoding; undefined where others may have their turn. */
export function* mergedTokens(
  bpe: BPE,
  word: string,
  pace: Pace,
): Generator<string | undefined, void, undefined> {
  if (bpe.ignore_merges && bpe.tokens_to_ids.has(word)) {
    yield word;
    return;
  }
  for (const symbol of yield* mergeWord(bpe, word, pace)) {
    yield* spelled(bpe, symbol);
    if (pace.isDue(1)) yield undefined;
  }
}
