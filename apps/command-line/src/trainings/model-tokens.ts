import type { ModelConfig, Tokenizer } from "@deepgrain/lm";
import { FormatError } from "@deepgrain/studies/shared/read-json";
import { tokenStream } from "@deepgrain/studies/shared/texts/token-stream";

/** How texts become a model's tokens. */
export interface TokenSource {
  tokenizer: Tokenizer;
  config: Pick<ModelConfig, "vocabSize">;
  signal: AbortSignal;
}

/**
 * Documents as one stream of tokens that a model knows.
 * @throws {FormatError} for a token without an embedding, which a tokenizer of another model gives
 */
export async function modelTokens(
  documents: readonly string[],
  { tokenizer, config: { vocabSize }, signal }: TokenSource,
): Promise<Int32Array> {
  const ids = await tokenStream(documents, tokenizer, { signal });
  const unknown = ids.find((id) => id >= vocabSize);
  if (unknown === undefined) return ids;
  throw new FormatError(
    `--model: its tokenizer gives the token ${unknown}, and the model has embeddings of ${vocabSize}: they are not of one model`,
  );
}
