import { readFileSync } from "node:fs";
import type {} from "@deepgrain/vitest/allclose";
import { shared } from "@deepgrain/vitest/shared";
import type { NamedTensors } from "./all";

export interface GoldenTensor {
  shape: number[];
  data: number[];
}

type Tensors = Record<string, GoldenTensor>;

export interface RedGrapeCase {
  settings: {
    classes: number;
    dims: [number, number];
    batch: number;
    epochs: number;
    rounds: number;
    lr: number;
    momentum: number;
    mu: number;
    T: number;
    lambda: number;
    aggregate_supplementary: boolean;
  };
  init: Tensors;
  clients: { batches: { x: GoldenTensor; y: number[] }[] }[];
  rounds: {
    sampled: number[];
    clients: {
      client: number;
      samples: number;
      params: Tensors;
      prototypes: Record<string, Tensors>;
    }[];
    global_after: Tensors;
    global_prototypes_after: Record<string, Tensors>;
    as_released_global_after_do_not_copy: Tensors;
  }[];
}

export interface Golden {
  redgrape: RedGrapeCase[];
  fednova: {
    clients: number;
    momentum: number;
    global: GoldenTensor;
    local: GoldenTensor;
    samples: number[];
    steps: number[];
    a: GoldenTensor;
    new_global: GoldenTensor;
  }[];
  climb: {
    clients: number;
    dual_lr: number;
    eps: number;
    samples: number[];
    rounds: {
      sampled: number[];
      losses: GoldenTensor;
      weights: GoldenTensor;
      weights_normalised: GoldenTensor;
      mean_loss: number;
      lambda_after: GoldenTensor;
    }[];
  };
  creff: {
    classes: number;
    dim: number;
    inputs: number;
    features: GoldenTensor;
    feature_labels?: number[];
    lr: number;
    steps: number;
    encoder: Tensors;
    head: Tensors;
    clients: { x: GoldenTensor; y: number[]; head_gradients: Record<string, Tensors> }[];
    real_mean: Record<string, Tensors>;
    matching: {
      distance: "rows" | "one-vector";
      losses: number[];
      grad_features_step0: GoldenTensor;
      features_after: GoldenTensor;
    }[];
  };
  losses: {
    logits: GoldenTensor;
    labels: number[];
    ratio_alpha: number[];
    focal: { loss: number; grad: GoldenTensor };
    ratio: { loss: number; grad: GoldenTensor };
  };
  ratio_alpha: {
    global_weight: GoldenTensor;
    after_one_class: GoldenTensor[];
    clients: number;
    owned_positions: number[];
    alpha: number[];
  };
  rdp: {
    q: number;
    sigma: number;
    steps: number;
    delta: number;
    epsilon: number;
    order: number;
    rdp_per_step_at_order: number;
    epsilon_improved_conversion: number;
  }[];
}

export const readGolden = (): Golden =>
  JSON.parse(readFileSync(shared("golden/federated.json"), "utf8")) as Golden;

export const toTensors = (tensors: Tensors): NamedTensors =>
  new Map(
    Object.entries(tensors).map(([name, { shape, data }]) => [
      name,
      { shape, data: Float32Array.from(data) },
    ]),
  );

/** GOLDEN.md: 1e-4 relative for float32; the absolute part covers elements near 0. */
export const FLOAT32 = { rtol: 1e-4, atol: 2e-6 };
/** GOLDEN.md: 1e-6 relative where numbers stay in float64. */
export const FLOAT64 = { rtol: 1e-6, atol: 1e-9 };
