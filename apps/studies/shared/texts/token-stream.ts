import type { Tokenizer } from "@deepgrain/lm";
import { takeTurn } from "@deepgrain/support";

/**
 * Documents as one stream of ids, each with what the tokenizer puts before it and the end-of-text token after it.
 * @param options.onProgress told the share of documents done
 */
export async function tokenStream(
  documents: readonly string[],
  tokenizer: Pick<Tokenizer, "encode" | "eosTokenId">,
  { signal, onProgress }: { signal: AbortSignal; onProgress?: (done: number) => void },
): Promise<Int32Array> {
  const { eosTokenId } = tokenizer;
  const parts: number[][] = [];
  for (const [i, text] of documents.entries()) {
    signal.throwIfAborted();
    const ids = tokenizer.encode(text);
    if (eosTokenId !== undefined && ids.at(-1) !== eosTokenId) ids.push(eosTokenId);
    parts.push(ids);
    onProgress?.((i + 1) / documents.length);
    await takeTurn();
  }
  const ids = new Int32Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    ids.set(part, at);
    at += part.length;
  }
  return ids;
}
