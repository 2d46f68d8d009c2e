import {
  type CausalLM,
  causalTargets,
  type EncoderBatch,
  type EncoderModel,
  IGNORED_LABEL,
} from "@deepgrain/lm";
import { takeTurn } from "@deepgrain/support";
import { crossEntropy, noGrad, type Tensor, tensor, tidy } from "@deepgrain/tensor-gpu";
import type { Perplexities } from "../defences/onion";
import { having, optionsOf, PurifyError, refuseUnknown } from "../errors";

/** Maximum number of logits in memory at once. */
const HELD = 1 << 23;

async function read(losses: () => Tensor): Promise<Float32Array> {
  const own = tidy(() => noGrad(losses));
  const values = (await own.data()) as Float32Array;
  own.dispose();
  return values;
}

const perplexity = (losses: readonly number[]): number =>
  losses.length === 0 ? 1 : Math.exp(losses.reduce((a, b) => a + b, 0) / losses.length);

/** Options of {@link causalPerplexities}. */
export interface CausalPerplexityOptions {
  /** Token before every text, so that its first token is predicted too. Default: none. */
  start?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Perplexities under a language model such as GPT-2: the exponential of the mean negative log-likelihood per token.
 * Texts longer than the model's context are truncated; a text in which nothing is predicted has perplexity 1.
 *
 * @param encode token ids of a text
 */
export const causalPerplexities = <W = string>(
  model: CausalLM,
  encode: (words: readonly W[]) => readonly number[],
  options: CausalPerplexityOptions = {},
): Perplexities<W> => {
  const { start, signal, ...rest } = optionsOf("causalPerplexities", options);
  refuseUnknown("causalPerplexities", rest);
  return async (texts) => {
    const { vocabSize, maxPositionEmbeddings: most } = model.config;
    const before = start === undefined ? [] : [start];
    const rows = texts.map((words) => [...before, ...encode(words)].slice(0, most));
    const length = Math.max(1, ...rows.map((ids) => ids.length));
    const size = Math.max(1, Math.floor(HELD / (length * vocabSize)));
    const found: number[] = [];
    model.eval();
    for (let first = 0; first < rows.length; first += size) {
      await takeTurn();
      signal?.throwIfAborted();
      const own = rows.slice(first, first + size);
      const cells = own.flatMap((ids) => Array.from({ length }, (_, i) => ids[i]));
      const ids = Int32Array.from(cells, (id) => id ?? 0);
      const labels = Int32Array.from(cells, (id) => id ?? IGNORED_LABEL);
      const batch = { ids, batch: own.length, length };
      const losses = await read(() =>
        crossEntropy(model.forward(batch), causalTargets(batch, labels, undefined), {
          reduction: "none",
        }),
      );
      for (const [row, { length: known }] of own.entries())
        found.push(perplexity([...losses.slice(row * length, row * length + known - 1)]));
    }
    return found;
  };
};

/** A token of a text that is to be predicted from the others. */
interface Hidden {
  text: number;
  place: number;
}

/** Options of {@link maskedPerplexities}. */
export interface MaskedPerplexityOptions {
  /** Token that replaces the hidden one. */
  mask: number;
  /** Tokens that are never hidden, such as the first and the last of every row. */
  special: readonly number[];
  signal?: AbortSignal | undefined;
}

/** Losses of hidden tokens, each in a copy of its text. */
async function hiddenLosses(
  model: EncoderModel,
  { ids, attentionMask, length }: EncoderBatch,
  hidden: readonly Hidden[],
  mask: number,
): Promise<Float32Array> {
  const copy = (values: ArrayLike<number>) =>
    Int32Array.from(
      { length: hidden.length * length },
      (_, i) => values[hidden[Math.floor(i / length)]!.text * length + (i % length)]!,
    );
  const shown = copy(ids);
  const places = hidden.map(({ place }, row) => row * length + place);
  const targets = places.map((at) => shown[at]!);
  for (const at of places) shown[at] = mask;
  const batch: EncoderBatch = { ids: shown, batch: hidden.length, length };
  if (attentionMask) batch.attentionMask = copy(attentionMask);
  return read(() => {
    const width = model.config.hiddenSize;
    const states = model.hiddenStates(batch).reshape([hidden.length * length, width]);
    const own = states.indexSelect(0, tensor(Int32Array.from(places)));
    const logits = model.head(own.reshape([hidden.length, 1, width]));
    return crossEntropy(logits, tensor(Int32Array.from(targets), { shape: [hidden.length, 1] }), {
      reduction: "none",
    });
  });
}

/**
 * Pseudo-perplexities under a masked language model such as BERT: every token is hidden once and predicted from the others.
 *
 * @param batchOf texts as a batch, with an attention mask where rows are padded
 * @throws {PurifyError} `ERR_ARGUMENT` for a model without a masked-LM head
 * @see Salazar et al. 2020, section 2
 */
export function maskedPerplexities<W = string>(
  model: EncoderModel,
  batchOf: (texts: readonly (readonly W[])[]) => EncoderBatch,
  options: MaskedPerplexityOptions,
): Perplexities<W> {
  const { mask, special, signal, ...rest } = optionsOf("maskedPerplexities", options);
  refuseUnknown("maskedPerplexities", rest);
  having("maskedPerplexities", "model", model, "config");
  if (model.config.task !== "masked-lm")
    throw new PurifyError(
      "ERR_ARGUMENT",
      `fine-purify/maskedPerplexities: the model must have a masked-LM head, it does ${model.config.task}`,
    );
  return async (texts) => {
    const batch = batchOf(texts);
    const { ids, attentionMask, length } = batch;
    const hidden = Array.from(ids, (id, at) => ({ id, at }))
      .filter(({ id, at }) => (attentionMask?.[at] ?? 1) === 1 && !special.includes(id))
      .map(({ at }): Hidden => ({ text: Math.floor(at / length), place: at % length }));
    const losses = texts.map((): number[] => []);
    const widest = Math.max(model.config.vocabSize, length * model.config.intermediateSize);
    const size = Math.max(1, Math.min(256, Math.floor(HELD / widest)));
    model.eval();
    for (let first = 0; first < hidden.length; first += size) {
      await takeTurn();
      signal?.throwIfAborted();
      const own = hidden.slice(first, first + size);
      const values = await hiddenLosses(model, batch, own, mask);
      for (const [i, { text }] of own.entries()) losses[text]!.push(values[i]!);
    }
    return losses.map(perplexity);
  };
}
