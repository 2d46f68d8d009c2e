import { type EncoderModel, encodeTexts, LmError, longestRow } from "@deepgrain/lm";
import { noGrad, tidy } from "@deepgrain/tensor-gpu";
import { refuse } from "../http/refusal";
import type { OpenModel } from "../served-model";

/** A text as a vector. */
export interface Embedding {
  /** Of length 1, [hidden]. */
  readonly vector: Float32Array;
  readonly tokens: number;
}

/**
 * The mean of a text's last hidden states, scaled to length 1, as sentence encoders are trained.
 *
 * @param path of the text, for errors
 * @throws {ServeError} `ERR_REQUEST`, status 400, for a text longer than the encoder reads
 * @see Reimers and Gurevych 2019, section 3 (mean pooling)
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
  const batch = encodeTexts(tokenizer, encoder.config, [ids]);
  const pooled = tidy(
    () => noGrad(() => encoder.hiddenStates(batch).mean({ dim: 1 })), // [1, length, hidden] -> [1, hidden]
  );
  const vector = ((await pooled.data()) as Float32Array).slice();
  pooled.dispose();
  let sum = 0;
  for (const x of vector) sum += x * x;
  const scale = 1 / Math.max(Math.sqrt(sum), 1e-12);
  return { vector: vector.map((x) => x * scale), tokens: ids.length + 2 };
}
