import { type EncoderModel, embedTexts, LmError, longestRow } from "@deepgrain/lm";
import type { EmbeddingRequest } from "../fields/embedding-fields";
import { refuse, refuseField } from "../http/refusal";
import type { OpenModel } from "../served-model";

/** A model that makes embeddings. */
export type EncodingModel = OpenModel & { readonly encoder: EncoderModel };

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

/**
 * A text's vector as `embedTexts` makes it, with the pooling that the encoder's files name.
 *
 * @param path of the text, for errors
 * @throws {ServeError} `ERR_REQUEST`, status 400, for a text longer than the encoder reads
 */
async function embedText(
  { encoder, tokenizer, prompts }: EncodingModel,
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

/**
 * The vectors of a request's texts, and the tokens that were read.
 * @throws {ServeError} `ERR_REQUEST`, status 400, for dimensions that are not the model's, and for a text that is too long
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
    vectors.push(one.vector);
    tokens += one.tokens;
  }
  return { vectors, tokens };
}
