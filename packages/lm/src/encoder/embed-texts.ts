import { takeTurn } from "@deepgrain/support";
import { noGrad, tidy } from "@deepgrain/tensor-gpu";
import { having, LmError, listOf, oneOf, optionsOf, refuseUnknown, whole } from "../errors";
import type { Pooling } from "../files/embedding-settings";
import { CausalLM } from "../model/causal-lm";
import type { Tokenizer } from "../tokenizer";
import { encodeTexts } from "./encode-texts";
import type { EncoderBatch } from "./encoder-batch";
import type { EncoderModel } from "./encoder-model";
import { longestText, mostTokens } from "./longest-text";
import { poolHidden } from "./pool-hidden";
import { rowBatches } from "./row-batches";

/** Options of {@link embedTexts}. */
export interface EmbedTextsOptions {
  /** Default: what the model's files say, else the mean for an encoder and the last token for a decoder. */
  pooling?: Pooling | undefined;
  /** Whether vectors are scaled to length 1. Default: what the model's files say, else true. */
  normalize?: boolean | undefined;
  /** Tokens of a text that are read, special ones included. Default: what the model's files say, else all that it takes. */
  maxLength?: number | undefined;
  signal?: AbortSignal | undefined;
}

type Text = string | readonly number[];

/** A text's ids as a decoder reads them: too long ones lose tokens from their end, special ones there stay. */
function decoderIds(tokenizer: Tokenizer, text: Text, maxLength: number): number[] {
  if (typeof text !== "string") return text.slice(0, maxLength);
  const ids = tokenizer.encode(text);
  if (ids.length <= maxLength) return ids;
  const plain = tokenizer.encode(text, { addSpecialTokens: false });
  const suffix = ids.length - plain.length - startLength(ids, plain);
  return [...ids.slice(0, maxLength - suffix), ...ids.slice(ids.length - suffix)];
}

/** Special ids before a text's own. */
function startLength(ids: readonly number[], plain: readonly number[]): number {
  for (let first = 0; first <= ids.length - plain.length; first++)
    if (plain.every((id, i) => id === ids[first + i])) return first;
  return 0;
}

/** Rows padded on the right. */
function paddedBatch(rows: readonly (readonly number[])[], padId: number): EncoderBatch {
  const length = Math.max(...rows.map((ids) => ids.length));
  const ids = new Int32Array(rows.length * length).fill(padId);
  const attentionMask = new Int32Array(ids.length);
  for (const [row, own] of rows.entries()) {
    ids.set(own, row * length);
    attentionMask.fill(1, row * length, row * length + own.length);
  }
  return { ids, batch: rows.length, length, attentionMask };
}

/** The ids of each text as the model reads them. */
async function rowsOf(
  model: EncoderModel | CausalLM,
  tokenizer: Tokenizer,
  texts: readonly Text[],
  { maxLength, signal }: { maxLength: number; signal: AbortSignal | undefined },
): Promise<number[][]> {
  if (tokenizer.vocabSize > model.config.vocabSize)
    throw new LmError(
      "ERR_MISMATCH",
      `lm/embedTexts: the tokenizer has ${tokenizer.vocabSize} tokens, the model ${model.config.vocabSize}`,
    );
  const rows: number[][] = [];
  for (const [i, text] of texts.entries()) {
    await takeTurn();
    signal?.throwIfAborted();
    const ids =
      model instanceof CausalLM
        ? decoderIds(tokenizer, text, maxLength)
        : Array.from(encodeTexts(tokenizer, model.config, [text], { maxLength }).ids);
    if (ids.length === 0)
      throw new LmError("ERR_RANGE", `lm/embedTexts: texts[${i}] must have a token, got none`);
    rows.push(ids);
  }
  return rows;
}

function scaled(vector: Float32Array): Float32Array {
  let sum = 0;
  for (const x of vector) sum += x * x;
  const length = Math.max(Math.sqrt(sum), 1e-12);
  return vector.map((x) => x / length);
}

async function vectorsOf(
  model: EncoderModel | CausalLM,
  batch: EncoderBatch,
  pooling: Pooling,
): Promise<Float32Array> {
  const pooled = tidy(() =>
    noGrad(() => poolHidden(model.hiddenStates(batch), batch.attentionMask, pooling)),
  );
  try {
    return ((await pooled.data()) as Float32Array).slice();
  } finally {
    pooled.dispose();
  }
}

/**
 * One vector per text, as sentence encoders make them: the mean of a text's last hidden states, or the first or last of
 * them, scaled to length 1. A text gets the same vector alone as beside others, within rounding: padding never counts.
 * Longer texts lose tokens from their end.
 *
 * @param model an encoder, or a decoder such as Qwen3-Embedding
 * @param texts each a text, or its ids without special ones (of a decoder, as they are)
 * @returns vectors of the model's hidden size, in the order of the texts
 * @throws {LmError} `ERR_RANGE` for no texts, one without a token, or a length out of range; `ERR_MISMATCH` for a tokenizer
 *   with more tokens than the model; `ERR_MISSING` as `encodeTexts`; the signal's reason on abort
 * @see Reimers and Gurevych 2019, section 3
 */
export async function embedTexts(
  model: EncoderModel | CausalLM,
  tokenizer: Tokenizer,
  texts: readonly Text[],
  options: EmbedTextsOptions = {},
): Promise<Float32Array[]> {
  const where = "embedTexts";
  const {
    pooling: wanted,
    normalize,
    maxLength: given,
    signal,
    ...rest
  } = optionsOf(where, options);
  refuseUnknown(where, rest, ["pooling", "normalize", "maxLength", "signal"]);
  having(where, "model", model, "config", "hiddenStates");
  having(where, "tokenizer", tokenizer, "encode", "vocabSize");
  listOf(where, "texts", texts);
  const isDecoder = model instanceof CausalLM;
  const own = model.embedding;
  const pooling = wanted ?? own?.pooling ?? (isDecoder ? "last" : "mean");
  const isUnit = normalize ?? own?.normalize ?? true;
  const maxLength = given ?? longestText(model);
  oneOf(where, "pooling", pooling, ["mean", "cls", "last"]);
  whole(where, "maxLength", maxLength, { min: 3, max: mostTokens(model) });
  if (texts.length === 0) throw new LmError("ERR_RANGE", `lm/${where}: there are no texts`);
  const rows = await rowsOf(model, tokenizer, texts, { maxLength, signal });
  const padId = isDecoder ? 0 : model.config.padTokenId;
  const found: Float32Array[] = [];
  const wasTraining = model.training;
  model.eval();
  try {
    for (const batch of rowBatches(rows.map(({ length }) => length))) {
      await takeTurn();
      signal?.throwIfAborted();
      const padded = paddedBatch(
        batch.map((row) => rows[row]!),
        padId,
      );
      const all = await vectorsOf(model, padded, pooling);
      const width = all.length / batch.length;
      for (const [i, row] of batch.entries()) {
        const vector = all.slice(i * width, (i + 1) * width);
        found[row] = isUnit ? scaled(vector) : vector;
      }
    }
  } finally {
    if (wasTraining) model.train();
  }
  return found;
}
