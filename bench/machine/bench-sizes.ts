import type { Generator } from "@deepgrain/tensor-gpu";
import { cnn, type GptSizes, gcn, gpt, mlp, moe, randomGraph, type Workload } from "../workloads";

/** Sizes of the work that is timed with several numbers of threads. */
export interface ScalingSizes {
  /** [m, n, k] of products. */
  products: readonly (readonly [number, number, number])[];
  /** Of the model whose training step it is. */
  gpt: GptSizes;
  /** Configuration of the model that reads and writes. */
  model: Readonly<Record<string, unknown>>;
  /** Tokens of a prompt. */
  prompt: number;
  /** Tokens that are timed at once. */
  tokens: number;
}

/** The sizes that are measured. */
export interface BenchSizes {
  /** [m, n, k] of the matrix products. */
  gemm: readonly (readonly [number, number, number])[];
  models: Record<string, (generator: Generator) => Workload>;
  scaling: ScalingSizes;
}

const llama = (hidden: number, layers: number, heads: number, inner: number, words: number) => ({
  model_type: "llama",
  vocab_size: words,
  hidden_size: hidden,
  num_hidden_layers: layers,
  num_attention_heads: heads,
  num_key_value_heads: heads,
  intermediate_size: inner,
  max_position_embeddings: 1024,
  rms_norm_eps: 1e-5,
  tie_word_embeddings: true,
});

const graph = { nodes: 2708, edges: 10_556, words: 1433, occurrences: 49_216, classes: 7 };

const full: BenchSizes = {
  gemm: [
    [64, 64, 64],
    [256, 256, 256],
    [2048, 256, 256],
    [16, 256, 128],
  ],
  models: {
    "GPT, 2 layers, d 64": (generator) =>
      gpt({ layers: 2, d: 64, heads: 4, context: 64, batch: 8, vocabulary: 256 }, generator),
    "MoE, 2 layers, d 64, 28 + 1 experts": (generator) =>
      moe(
        { hiddenSize: 64, heads: 4, layers: 2, length: 64, batch: 8, innerSize: 192, experts: 8 },
        generator,
      ),
    "CNN, 2 stages, 28×28": (generator) =>
      cnn({ batch: 16, channels: [1, 16, 32], size: 28, classes: 10 }, generator),
    "GCN, 2 layers, Cora's size": (generator) =>
      gcn(
        randomGraph({ ...graph, labelled: 140 }, generator),
        { hidden: 64, isDense: false },
        generator,
      ),
    "perceptron 8-16-16-1": (generator) => mlp({ widths: [8, 16, 16, 1], batch: 32 }, generator),
  },
  scaling: {
    products: [
      [512, 512, 512],
      [2048, 256, 256],
    ],
    gpt: { layers: 4, d: 128, heads: 4, context: 128, batch: 16, vocabulary: 512 },
    model: llama(512, 8, 8, 1408, 32_000),
    prompt: 512,
    tokens: 32,
  },
};

const tinyGraph = { nodes: 40, edges: 120, words: 30, occurrences: 200, classes: 3, labelled: 10 };

/** Sizes for a first look, in which overhead weighs most. */
const quick: BenchSizes = {
  gemm: [[16, 16, 16]],
  models: {
    "GPT, 1 layer, d 16": (generator) =>
      gpt({ layers: 1, d: 16, heads: 2, context: 16, batch: 2, vocabulary: 32 }, generator),
    "MoE, 1 layer, d 16": (generator) =>
      moe(
        { hiddenSize: 16, heads: 2, layers: 1, length: 8, batch: 2, innerSize: 32, experts: 4 },
        generator,
      ),
    "CNN, 1 stage, 8×8": (generator) =>
      cnn({ batch: 2, channels: [1, 4], size: 8, classes: 3 }, generator),
    "GCN, 40 nodes": (generator) =>
      gcn(randomGraph(tinyGraph, generator), { hidden: 8, isDense: false }, generator),
  },
  scaling: {
    products: [[16, 16, 16]],
    gpt: { layers: 1, d: 16, heads: 2, context: 16, batch: 2, vocabulary: 32 },
    model: llama(16, 1, 2, 32, 32),
    prompt: 16,
    tokens: 2,
  },
};

export const benchSizes = { full, quick };
