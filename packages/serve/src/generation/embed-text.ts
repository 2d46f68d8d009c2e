import { type EncoderModel, embedTexts, LmError, longestRow } from "@deepgrain/lm";
import { refuse } from "../http/refusal";
import type { OpenModel } from "../served-model";

/** A text as a vector. */
export interface Embedding {
  /** [hidden] */
  readonly vector: Float32Array;
  readonly tokens: number;
}

/**
 * A text's vector as `embedTexts` makes it, with the pooling that the encoder's files name.
 *
 * @param path of the text, for errors
 * @throws {ServeError} `ERR_REQUEST`, status 400, for a text longer than the encoder reads
 */
export async function embedText(
  { encoder, tokenizer, prompts }: OpenModel & { encoder: EncoderModel },
  text: string,
  path: string,
  signal: AbortSignal,
): Promise<Embedding> {
  const longest = longestRow(encoder.config);
  const options = { addSpecialTokens: false, maxTokens: longest - 2, signal };
  const ids = await prompts.text(text, options).catch((error: unknown) => {
    if (!LmError.isInstance(error) || !("leastTokens" in error.fields)) throw error;
    const least = Number(error.fields.leastTokens) + 2;
    return refuse(
      400,
      `This model's maximum context length is ${longest} tokens, but ${path} has at least ${least}.`,
      { param: path, code: "context_length_exceeded" },
    );
  });
  const [vector] = await embedTexts(encoder, tokenizer, [ids], { signal });
  return { vector: vector!, tokens: ids.length + 2 };
}
