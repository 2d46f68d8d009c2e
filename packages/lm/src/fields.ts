/**
 * The options of training, generation, LoRA and balance as data: help, range and default, for command lines and forms.
 * An entry of its own, which no other entry imports.
 *
 * @packageDocumentation
 */
import type { OptionFields } from "@deepgrain/support";

/** Lists by what their options belong to. */
export const fields = {
  /** Options of a training, and of the data that it reads. */
  training: {
    steps: { kind: "whole", min: 1, help: "Optimiser steps" },
    batchSize: { kind: "whole", min: 1, default: 8, help: "Sequences per batch" },
    sequenceLength: { kind: "whole", min: 2, help: "Tokens per sequence" },
    lr: { kind: "real", help: "Peak learning rate" },
    warmup: { kind: "whole", default: 0, help: "Steps over which the rate rises from 0" },
    seed: { kind: "whole", default: 0, help: "Same seed, same result" },
    evaluateEvery: { kind: "whole", min: 1, default: 100, help: "Steps between evaluations" },
    checkpointEvery: { kind: "whole", min: 1, default: 100, help: "Steps between checkpoints" },
  },
  /** Options of a training's steps. */
  steps: {
    gradientAccumulation: { kind: "whole", min: 1, default: 1, help: "Batches summed per step" },
    weightDecay: { kind: "real", default: 0.1, help: "Weight decay of AdamW" },
    maxGradNorm: {
      kind: "real",
      default: 1,
      help: "Maximum gradient norm, to which larger gradients are scaled down; 0 for none",
    },
    schedule: {
      kind: "choice",
      words: ["cosine", "steps", "constant"],
      default: "cosine",
      help: "Learning rate after warm-up: as half a cosine to a tenth of its peak, times 0.316 after 80 and again after 90 % of the steps (DeepSeek LLM), or constant",
    },
    gradientCheckpointing: {
      kind: "switch",
      help: "Recompute activations in the backward pass: less memory, about a third more time",
    },
  },
  /** Options of `conversationBatches`. */
  packing: {
    packing: {
      kind: "choice",
      words: ["whole", "official"],
      default: "whole",
      help: "How to pack conversations into sequences: whole and isolated from each other, or as the official code does, which cuts what does not fit",
    },
    randomConcatRatio: {
      kind: "real",
      max: 1,
      default: 0.2,
      help: "Share of packed conversations that lose their first token; only for --packing official",
    },
  },
  /** Options of `attachLora`. */
  lora: {
    rank: { kind: "whole", min: 1, default: 8, help: "Rank of the factors" },
    alpha: {
      kind: "real",
      above: 0,
      help: "The factors' product is scaled by alpha/rank; twice the rank by default",
    },
    dropout: { kind: "real", below: 1, help: "Share of the factors' inputs zeroed in training" },
  },
  /** Options of how a mixture's experts are balanced and limited. */
  balance: {
    deviceLoss: {
      kind: "real",
      help: "Weight of the balance loss over devices (DeepSeek-V2's second); by default as config.json says",
    },
    communicationLoss: {
      kind: "real",
      help: "Weight of the communication balance loss (DeepSeek-V2's third); by default as config.json says",
    },
    lossDevices: {
      kind: "whole",
      min: 1,
      help: "Devices that these losses spread the experts over; by default the groups of config.json",
    },
    biasRate: {
      kind: "real",
      default: 0.001,
      help: "Speed of the balancing bias of noaux_tc routers (DeepSeek-V3)",
    },
    biasRateUntil: {
      kind: "real",
      max: 1,
      default: 1,
      help: "Share of the steps after which that speed is 0, as at the end of DeepSeek-V3's training",
    },
  },
  /** Options of dropping choices beyond a device's capacity. */
  drop: {
    dropDevices: {
      kind: "whole",
      min: 1,
      help: "Drop tokens of overloaded devices during training, with the experts spread over this many",
    },
    capacityFactor: {
      kind: "real",
      default: 1,
      help: "With --drop-devices, how many choices a device accepts, as a multiple of the mean",
    },
  },
  /** Options of `createProcessors` and of sampling. */
  sampling: {
    temperature: {
      kind: "real",
      default: 0.8,
      help: "Sampling temperature; lower is more predictable, 0 takes the likeliest token",
    },
    topK: { kind: "whole", help: "Sample only from the k most likely tokens" },
    topP: {
      kind: "real",
      max: 1,
      help: "Sample from the most likely tokens with this total share",
    },
    minP: {
      kind: "real",
      max: 1,
      help: "Sample from tokens with at least this share of the likeliest one's probability",
    },
    repetitionPenalty: {
      kind: "real",
      above: 0,
      help: "Penalty on tokens that have occurred: above 1 makes them less likely",
    },
    seed: { kind: "whole", default: 0, help: "Same seed, same text" },
  },
} as const satisfies Readonly<Record<string, OptionFields>>;
