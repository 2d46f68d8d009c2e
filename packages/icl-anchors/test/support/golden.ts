/** @file The golden cases: their shape, and how they are compared. */
import { readFileSync } from "node:fs";
import { type CausalLM, loadModel } from "@deepgrain/lm";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { expect } from "vitest";
import type { Prompt } from "../../src";

export interface Flat {
  shape: number[];
  data: number[];
}

export interface Logits {
  labels: number[];
  norm: number;
  top_ids: number[];
  top_logits: number[];
}

export interface AnchorCase {
  name: string;
  model: string;
  task: "sst2" | "trec" | "agnews";
  text: string;
  input_ids: number[];
  label_ids: number[];
  label_positions: number[][];
  target: number;
  gold: number;
  logits: Flat;
  label_attention: Flat;
  saliency: {
    loss: number;
    S_wp: number[];
    S_pq: number[];
    S_ww: number[];
    norms: number[];
    diagonal_sums: number[];
    abs_sum_norms: number[];
    target_rows: Flat;
    first_label_rows: Flat;
    matrices?: Flat;
    per_head_layer1_row_q?: Flat;
  };
  isolation: (Logits & {
    where: "first" | "last";
    layers: number;
    mode: string;
    rows?: number[];
  })[];
  reweighting?: {
    beta: Flat;
    logits: Logits;
    loss: number;
    grad_beta: Flat;
    adam: {
      lr: number;
      steps: number;
      losses: number[];
      smallest_abs_gradient: Flat;
      beta_after: Flat;
      logits_after: Logits;
    };
  };
  compression: {
    kept_positions: number[];
    query_ids: number[];
    kept_key_norms: number[];
    kept_value_norms: number[];
    restart: Logits & { first_position: number };
    continue: Logits & { first_position: number };
    text_anchor: Logits & { ids: number[] };
    no_demonstration: Logits;
  };
}

interface Metrics {
  auc: { scores: Flat; truth: number[]; auc: number[]; R: number[] }[];
  diagnosis: {
    queries: Flat;
    keys: Flat;
    components: number;
    singular_values: Flat;
    confusion_predicted: Flat;
    probabilities: Flat;
    labels: number[];
    confusion_true: Flat;
  }[];
  loyalty: {
    original: Flat;
    modified: Flat;
    label_ids: number[];
    label_loyalty: number;
    word_loyalty_1: number;
    word_loyalty_5: number;
    word_loyalty_10: number;
  }[];
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(shared(`golden/anchors/${name}`), "utf8"));

export const anchorCases = sharedIsMissing
  ? []
  : (read("anchors.json") as { cases: AnchorCase[] }).cases;

export const readMetrics = (): Metrics => read("metrics.json") as Metrics;

export const tokenizerFolder = (): string => shared("data/models/tiny-random-gpt2");

const models = new Map<string, Promise<CausalLM>>();

export function goldenModel(name: string): Promise<CausalLM> {
  const folder = name === "model" ? shared("golden/anchors/model") : shared(`data/models/${name}`);
  if (!models.has(name)) models.set(name, loadModel(folder));
  return models.get(name)!;
}

/** The prompt of a case, as token ids with places. */
export const promptOf = (c: AnchorCase): Prompt => ({
  ids: c.input_ids,
  labelPositions: c.label_positions,
  target: c.target,
  classIds: c.label_ids,
  gold: c.gold,
  queryStart: c.input_ids.length - c.compression.query_ids.length,
  formatPositions: c.compression.kept_positions.filter(
    (p) => !c.label_positions.flat().includes(p),
  ),
});

/** GOLDEN.md's tolerance: a share of the largest absolute value of the list. */
export function expectClose(got: ArrayLike<number>, wanted: ArrayLike<number>, share = 1e-4): void {
  expect(got.length).toBe(wanted.length);
  const most = Array.from(wanted).reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  const worst = Array.from(got).reduce((a, b, i) => Math.max(a, Math.abs(b - wanted[i]!)), 0);
  expect(worst, `largest difference, of at most ${share * most}`).toBeLessThanOrEqual(share * most);
}

export const normOf = (values: ArrayLike<number>): number =>
  Math.sqrt(Array.from(values).reduce((sum, x) => sum + x * x, 0));

/** Label logits, norm and the ten best, as the golden file keeps them. */
export function expectLogits(got: ArrayLike<number>, wanted: Logits, labels: number[]): void {
  const most = Math.max(...wanted.top_logits.map(Math.abs));
  expectClose([...labels.map((id) => got[id]!), most], [...wanted.labels, most]);
  expectClose([normOf(got)], [wanted.norm]);
  expectClose(
    wanted.top_ids.map((id) => got[id]!),
    wanted.top_logits,
  );
}
