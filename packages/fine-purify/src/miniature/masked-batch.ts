import { type EncoderBatch, IGNORED_LABEL } from "@deepgrain/lm";
import { type FrameIds, tokenBatch } from "../encoders/row-classifier";
import { optionsOf, refuseUnknown } from "../errors";
import type { Random } from "../random";

/** Options of {@link maskedBatch}. */
export interface MaskedBatchOptions extends FrameIds {
  /** Token that replaces a hidden word. */
  mask: number;
  /** Probability that a word is hidden. Default 0.2. */
  share?: number | undefined;
  random: Random;
}

/** Texts of token ids as a batch for masked LM: hidden words are to be predicted, at least one in the first text. */
export function maskedBatch(
  texts: readonly (readonly number[])[],
  options: MaskedBatchOptions,
): EncoderBatch {
  const { mask, share = 0.2, random, cls, pad, ...rest } = optionsOf("maskedBatch", options);
  refuseUnknown("maskedBatch", rest);
  const hidden = texts.map((words) => words.map(() => random() < share));
  hidden[0]![0] = true;
  const rows = texts.map((words, row) => ({
    words: words.map((id, i) => (hidden[row]![i] ? mask : id)),
    label: 0,
  }));
  const shown = tokenBatch(rows, { cls, pad });
  const labels = new Int32Array(shown.batch * shown.length).fill(IGNORED_LABEL);
  for (const [row, words] of texts.entries())
    for (const [i, id] of words.entries())
      if (hidden[row]![i]) labels[row * shown.length + 1 + i] = id;
  return { ...shown, labels };
}
