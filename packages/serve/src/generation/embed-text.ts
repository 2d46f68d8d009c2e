import { type EncoderModel, encodeTexts, longestRow, type Tokenizer } from "@deepgrain/lm";
import { noGrad, tidy } from "@deepgrain/tensor-gpu";
import { refuse } from "../http/refusal";

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
  encoder: EncoderModel,
  tokenizer: Tokenizer,
  text: string,
  path: string,
): Promise<Embedding> {
  const tokens = tokenizer.encode(text, { addSpecialTokens: false }).length + 2;
  const longest = longestRow(encoder.config);
  if (tokens > longest)
    refuse(
      400,
      `This model's maximum context length is ${longest} tokens, but ${path} has ${tokens}.`,
      { param: path, code: "context_length_exceeded" },
    );
  const batch = encodeTexts(tokenizer, encoder.config, [text]);
  const pooled = tidy(
    () => noGrad(() => encoder.hiddenStates(batch).mean({ dim: 1 })), // [1, length, hidden] -> [1, hidden]
  );
  const vector = ((await pooled.data()) as Float32Array).slice();
  pooled.dispose();
  let sum = 0;
  for (const x of vector) sum += x * x;
  const scale = 1 / Math.max(Math.sqrt(sum), 1e-12);
  return { vector: vector.map((x) => x * scale), tokens };
}
