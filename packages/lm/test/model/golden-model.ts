/** @file The golden model files: their shape, and how they are compared. */
import { readFileSync } from "node:fs";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";

export interface Flat {
  shape: number[];
  data: number[];
}

interface AuxCase {
  alpha: number;
  seq_aux: boolean;
  loss: number;
  aux_loss_per_moe_layer: number[];
  grad_norms: Record<string, number>;
  grads: Record<string, Flat>;
}

/** The balance loss over all layers together. */
interface JointAuxCase {
  alpha: number;
  value_without_alpha: number;
  loss_with_balance: number;
  grad_norms: Record<string, number>;
  gate_grads: Record<string, Flat>;
}

export interface GoldenModel {
  input_ids: number[][];
  logits: Flat;
  loss: number;
  nll: Flat;
  labels_masked: number[][];
  loss_masked: number;
  hidden_states: { after: number | string; norm: number; row0_last: Flat }[];
  routing: { module?: string; topk_idx: Flat; topk_weight: Flat }[];
  padded: { input_ids: number[][]; attention_mask: number[][]; last_logits: Flat };
  greedy: {
    prompt: number[];
    tokens: number[];
    steps: { top_ids: number[]; top_logits: number[] }[];
  };
  grad_norms: Record<string, number>;
  grads: Record<string, Flat>;
  aux: (AuxCase | JointAuxCase)[];
  train: {
    lr: number;
    betas: [number, number];
    eps: number;
    weight_decay: number;
    clip_grad_norm: number;
    losses: number[];
    grad_norms_before_clip: number[];
    final_loss: number;
    final_param_norms: Record<string, number>;
  };
}

export const goldenModels = sharedIsMissing
  ? []
  : ["llama-gqa", "deepseek-v1", "deepseek-v2-noqlora"];

/** The families beside those; the same keys. */
export const goldenFamilies = sharedIsMissing
  ? []
  : [
      ...["qwen2-tied", "qwen3", "mistral-window", "gemma2", "gemma3-text", "phi3", "olmo2"],
      ...["mixtral", "qwen2-moe", "qwen3-moe"],
    ];

export const goldenFolder = (name: string): string =>
  shared(`golden/${goldenFamilies.includes(name) ? "families" : "models"}/${name}`);

export const readGolden = (name: string): GoldenModel =>
  JSON.parse(readFileSync(`${goldenFolder(name)}/golden.json`, "utf8"));

/** Largest absolute entry, the yardstick of GOLDEN.md's tolerances. */
export const largest = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((top, x) => Math.max(top, Math.abs(x)), 0);

export const norm2 = (values: ArrayLike<number>): number =>
  Math.sqrt(Array.from(values).reduce((sum, x) => sum + x * x, 0));

export const tokensOf = (rows: number[][]) => ({
  ids: rows.flat(),
  batch: rows.length,
  length: rows[0]!.length,
});

/** The balance losses that layers attach one by one. */
export const layerCases = ({ aux }: GoldenModel): AuxCase[] =>
  aux.filter((one): one is AuxCase => "seq_aux" in one);

/** Those over all layers together. */
export const jointCases = ({ aux }: GoldenModel): JointAuxCase[] =>
  aux.filter((one): one is JointAuxCase => "value_without_alpha" in one);
