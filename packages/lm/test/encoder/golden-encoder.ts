/** @file The golden encoder files: their shape, and how they are read. */
import { readFileSync } from "node:fs";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import type { EncoderBatch } from "../../src";
import type { Flat, GoldenModel } from "../model/golden-model";

export interface GoldenEncoder {
  task: string;
  input_ids: number[][];
  attention_mask: number[][];
  token_type_ids: number[][];
  position_ids?: number[][];
  labels: number[] | number[][];
  labelled_tokens?: number[];
  logits?: Flat;
  logits_attended?: Flat;
  loss: number;
  hidden_states: {
    after: number;
    norm_attended: number;
    row0_last_attended: Flat;
    row1_pos7: Flat;
  }[];
  pooled?: Flat;
  zero_gradient_tensors: string[];
  grad_norms: Record<string, number>;
  grads: Record<string, Flat>;
  per_sample: { losses: number[]; grad_norms: number[] };
  fisher_sums: Record<string, number>;
  fisher: Record<string, Flat>;
  train: GoldenModel["train"] & { steps: number };
}

export const goldenEncoders = sharedIsMissing
  ? []
  : ["bert-mlm", "bert-seqcls", "roberta-mlm", "roberta-seqcls"];

export const encoderFolder = (name: string): string => shared(`golden/encoders/${name}`);

export const readGoldenEncoder = (name: string): GoldenEncoder =>
  JSON.parse(readFileSync(`${encoderFolder(name)}/golden.json`, "utf8"));

export const batchOf = (golden: GoldenEncoder): EncoderBatch => ({
  ids: golden.input_ids.flat(),
  batch: golden.input_ids.length,
  length: golden.input_ids[0]!.length,
  attentionMask: golden.attention_mask.flat(),
  tokenTypeIds: golden.token_type_ids.flat(),
  labels: golden.labels.flat(),
});

/** The rows of [batch × length, width] whose token counts. */
export const attendedRows = (
  data: ArrayLike<number>,
  { attention_mask }: GoldenEncoder,
  width: number,
): number[] =>
  attention_mask
    .flat()
    .flatMap((counts, i) =>
      counts ? Array.from({ length: width }, (_, j) => data[i * width + j]!) : [],
    );
