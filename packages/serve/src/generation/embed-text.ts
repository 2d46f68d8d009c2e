import { CausalLM, type EncoderModel, embedTexts, LmError, longestText } from "@deepgrain/lm";
import type { EmbeddingRequest } from "../fields/embedding-fields";
import { refuse, refuseField } from "../http/refusal";
import type { OpenModel } from "../served-model";

/** A model that makes embeddings. */
export type EncodingModel = OpenModel & { readonly encoder: EncoderModel | CausalLM };

/** A model that makes embeddings. @throws {ServeError} `ERR_REQUEST`, status 400, for one that makes none */
export function encoderOf(model: OpenModel): EncodingModel {
  const { encoder, name } = model;
  if (encoder) return { ...model, encoder };
  return refuseField("model", `The model ${JSON.stringify(name)} makes no embeddings.`);
}

/** A text as a vector. */
interface Embedding {
  /** [hidden] */
  readonly vector: Float32Array;
  readonly tokens: number;
}

/** Most tokens of a text, as in the API: a text is read at once, while others wait. */
const mostTokens = 8192;

/** Most tokens of all texts of a request together, as in the API. */
const mostTogether = 300_000;

/**
 * A text's vector as `embedTexts` makes it, with the pooling that the model's files name.
 *
 * @param path of the text, for errors
 * @throws {ServeError} `ERR_REQUEST`, status 400, for a text without tokens, and for one longer than the model reads: none is cut
 */
async function embedText(
  { encoder, tokenizer, prompts }: EncodingModel,
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

/**
 * The vectors of a request's texts, and the tokens that were read.
 * @throws {ServeError} `ERR_REQUEST`, status 400, for dimensions that are not the model's, and for texts that are too long, each or
 *   together
 */
export async function embedAll(
  model: EncodingModel,
  { texts, paths, dimensions }: Pick<EmbeddingRequest, "texts" | "paths" | "dimensions">,
  signal: AbortSignal,
): Promise<{ vectors: Float32Array[]; tokens: number }> {
  const size = model.encoder.config.hiddenSize;
  if (dimensions !== undefined && dimensions !== size)
    refuseField("dimensions", `dimensions must be ${size} for this model, got ${dimensions}.`);
  const vectors: Float32Array[] = [];
  let tokens = 0;
  for (const [i, text] of texts.entries()) {
    signal.throwIfAborted();
    const one = await embedText(model, text, paths[i]!, signal);
    tokens += one.tokens;
    if (tokens > mostTogether)
      refuseField("input", `input must have at most ${mostTogether} tokens in all texts together.`);
    vectors.push(one.vector);
  }
  return { vectors, tokens };
}
