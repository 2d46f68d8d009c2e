import { batchRow, type EncoderBatch, EncoderModel, parseEncoderConfig } from "@deepgrain/lm";
import { Generator } from "@deepgrain/tensor-gpu";
import type { RowLosses } from "../../src/fisher/per-sample-squares";

/** An encoder with its row losses, as `diagonalFisher` takes it. */
export const rowLossesOf = (module: EncoderModel): RowLosses<EncoderBatch> => ({
  module,
  rowLosses: (batch) => module.rowLosses(batch),
  rowsOf: ({ batch }) => batch,
  row: batchRow,
});

/** A small BERT classifier with weights large enough for gradients of all sizes. */
export const smallEncoder = (changes: object = {}, seed = 1): EncoderModel =>
  new EncoderModel(
    parseEncoderConfig({
      model_type: "bert",
      vocab_size: 40,
      hidden_size: 16,
      intermediate_size: 24,
      num_hidden_layers: 2,
      num_attention_heads: 4,
      max_position_embeddings: 12,
      initializer_range: 0.3,
      ...changes,
    }),
    { generator: new Generator(seed) },
  );

/** Rows of tokens with repeats and padding, and a label for each. */
export function smallBatch(batch = 6, length = 8): EncoderBatch {
  const at = (row: number, place: number) => 2 + ((row * 7 + place * 5 + ((place * row) % 3)) % 37);
  const isReal = (row: number, place: number) => place < length - (row % 3);
  const cells = Array.from(
    { length: batch * length },
    (_, i) => [Math.floor(i / length), i % length] as const,
  );
  return {
    batch,
    length,
    ids: cells.map(([row, place]) => (isReal(row, place) ? at(row, place) : 0)),
    attentionMask: cells.map(([row, place]) => Number(isReal(row, place))),
    labels: Array.from({ length: batch }, (_, row) => row % 2),
  };
}
