import {
  createTokenizer,
  type EncoderModel,
  type saveTokenizer,
  tokenizerConfig,
  trainBpe,
} from "@deepgrain/lm";
import type { FitEvent } from "@deepgrain/trainer";
import { listOf, optionsOf, PurifyError, refuseUnknown, whole } from "../errors";
import { drawInteger } from "../random";
import { classifierOf, pretrainEncoder } from "./pretrain";
import { smallEncoderConfig } from "./small-encoder";

/** In the order of their ids, of which the first three are those of `FRAME` and `MASK`. */
const SPECIAL = ["[PAD]", "[CLS]", "[MASK]", "[SEP]"] as const;
const SEPARATOR = 3;

/** Options of {@link trainTextEncoder}. */
export interface TextEncoderOptions {
  /** Masked-LM steps. */
  steps: number;
  /** Tokens of the tokenizer that is trained, 256 bytes and four special ones among them. */
  vocabSize: number;
  /** Width of the encoder; even. */
  hiddenSize: number;
  /** Maximum tokens of a row. */
  maxLength: number;
  seed: number;
  signal?: AbortSignal | undefined;
}

/** A small encoder, and the files of its tokenizer as `saveTokenizer` of `@deepgrain/lm` writes them. */
export interface TextEncoder {
  /** Pre-trained, with a new head for the classes; the caller disposes it. */
  model: EncoderModel;
  tokenizer: Parameters<typeof saveTokenizer>[1];
}

/** Names of classes: of numbers, as Hugging Face names them; else the labels, in alphabetic order. */
export function classNames(labels: readonly string[]): string[] {
  listOf("classNames", "labels", labels);
  const different = [...new Set(labels)];
  if (!different.every((label) => /^\d{1,4}$/.test(label))) return different.sort();
  const count = Math.max(...different.map(Number)) + 1;
  return Array.from({ length: count }, (_, i) => `LABEL_${i}`);
}

/**
 * Makes a small BERT from texts alone: trains a byte-level tokenizer, pre-trains two layers by masked LM, and adds a new head for
 * the classes. It is what attacks and purification begin from, without a download.
 *
 * @param texts with their labels
 * @yields the events of the pre-training
 * @throws {PurifyError} `ERR_DATA` without texts, or with fewer than two classes; `ERR_RANGE` for sizes; what `fit` throws
 */
export async function* trainTextEncoder(
  texts: readonly { text: string; label: string }[],
  options: TextEncoderOptions,
): AsyncGenerator<FitEvent, TextEncoder> {
  const { steps, vocabSize, hiddenSize, maxLength, seed, signal, ...rest } = optionsOf(
    "trainTextEncoder",
    options,
  );
  refuseUnknown("trainTextEncoder", rest);
  whole("trainTextEncoder", "steps", steps, { min: 1 });
  whole("trainTextEncoder", "vocabSize", vocabSize, { min: 260 });
  whole("trainTextEncoder", "maxLength", maxLength, { min: 8 });
  whole("trainTextEncoder", "hiddenSize", hiddenSize, { min: 2 });
  whole("trainTextEncoder", "seed", seed, { min: 0, max: 2 ** 31 });
  listOf("trainTextEncoder", "texts", texts);
  const labels = classNames(texts.map(({ label }) => label));
  if (labels.length < 2)
    throw new PurifyError(
      "ERR_DATA",
      `fine-purify/trainTextEncoder: there must be at least two classes, got ${labels.length}`,
    );
  const json = await trainBpe(
    texts.map(({ text }) => text),
    { vocabSize, specialTokens: SPECIAL, signal },
  );
  const roles = {
    pad_token: "[PAD]",
    cls_token: "[CLS]",
    sep_token: "[SEP]",
    mask_token: "[MASK]",
  };
  const settings = { ...tokenizerConfig(json, { modelMaxLength: maxLength }), ...roles };
  const files = { tokenizer: json, config: settings };
  const tokenizer = await createTokenizer(files);
  const rows = texts
    .map(({ text }) => tokenizer.encode(text, { addSpecialTokens: false }))
    .filter((ids) => ids.length > 0)
    .map((ids) => [...ids.slice(0, maxLength - 2), SEPARATOR]);
  const classes = labels.length;
  const sizes = { vocabulary: vocabSize, classes, hiddenSize, length: maxLength, labels };
  const task = {
    config: smallEncoderConfig(sizes),
    classes,
    text: (random: () => number) => rows[drawInteger(random, rows.length)]!,
  };
  const weights = yield* pretrainEncoder(task, { steps, seed, signal });
  return { model: classifierOf(task, weights, seed).model, tokenizer: files };
}
