import { CausalLM, type EncoderModel, embedTexts, LmError, longestText } from "@deepgrain/lm";
import { refuse, refuseField } from "../http/refusal";
import type { OpenModel } from "../served-model";

/** A text as a vector. */
export interface Embedding {
  /** [hidden] */
  readonly vector: Float32Array;
  readonly tokens: number;
}

/** Most tokens of a text, as in the API: a text is read at once, while others wait. */
const mostTokens = 8192;

/**
 * A text's vector as `embedTexts` makes it, with the pooling that the model's files name.
 *
 * @param path of the text, for errors
 * @throws {ServeError} `ERR_REQUEST`, status 400, for a text without tokens, and for one longer than the model reads: none is cut
 */
export async function embedText(
  { encoder, tokenizer, prompts }: OpenModel & { encoder: EncoderModel | CausalLM },
  text: string,
  path: string,
  signal: AbortSignal,
): Promise<Embedding> {
  const longest = Math.min(longestText(encoder), mostTokens);
  const isDecoder = encoder instanceof CausalLM;
  const others = isDecoder ? 0 : 2; // an encoder's special tokens are added by embedTexts
  const maxTokens = longest - others;
  const options = { addSpecialTokens: isDecoder, isOpen: false, maxTokens, signal };
  const ids = await prompts.text(text, options).catch((error: unknown) => {
    if (!LmError.isInstance(error) || !("leastTokens" in error.fields)) throw error;
    const least = Number(error.fields.leastTokens) + others;
    return refuse(
      400,
      `This model's maximum context length is ${longest} tokens, but ${path} has at least ${least}.`,
      { param: path, code: "context_length_exceeded" },
    );
  });
  if (ids.length + others === 0) refuseField(path, `${path} has no tokens.`);
  const [vector] = await embedTexts(encoder, tokenizer, [ids], { signal });
  return { vector: vector!, tokens: ids.length + others };
}
