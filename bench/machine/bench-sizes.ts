import type { Generator } from "@deepgrain/tensor-gpu";
import { cnn, gcn, gpt, mlp, moe, randomGraph, type Workload } from "../workloads";

/** The sizes that are measured. */
export interface BenchSizes {
  /** [m, n, k] of the matrix products. */
  gemm: readonly (readonly [number, number, number])[];
  models: Record<string, (generator: Generator) => Workload>;
}

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
};

export const benchSizes = { full, quick };
