/**
 * The options of SFT, DPO, KTO, ORPO, SimPO, reward models, GRPO and PPO as data: help, range and default, for command lines and forms.
 * An entry of its own, which no other entry imports.
 *
 * @packageDocumentation
 */
import type { OptionFields } from "@deepgrain/support";

/** Lists by what their options belong to. */
export const fields = {
  /** Options that all trainings share. */
  training: {
    maxLength: {
      kind: "whole",
      min: 2,
      help: "Maximum tokens of a prompt and its answer; the model's context by default",
    },
    steps: { kind: "whole", min: 1, default: 200, help: "Optimiser steps" },
    batchSize: {
      kind: "whole",
      min: 1,
      default: 8,
      help: "Pairs, sequences or prompts per optimiser step",
    },
    lr: { kind: "real", help: "Peak learning rate; it falls to a tenth along a cosine" },
    warmup: { kind: "whole", default: 0, help: "Steps over which the rate rises from 0" },
    seed: { kind: "whole", default: 0, help: "Same seed, same result" },
    evaluateEvery: { kind: "whole", min: 1, default: 50, help: "Steps between evaluations" },
    checkpointEvery: { kind: "whole", min: 1, default: 100, help: "Steps between checkpoints" },
  },
  /** Options of `dpo`. */
  dpo: {
    beta: {
      kind: "real",
      above: 0,
      default: 0.1,
      help: "β: how strongly the model is held to the reference",
    },
    lossType: {
      kind: "choice",
      words: ["sigmoid", "ipo", "hinge", "robust", "sigmoid-norm"],
      default: "sigmoid",
      help: "The paper's loss, or a variant",
    },
    labelSmoothing: {
      kind: "real",
      min: 0,
      below: 0.5,
      default: 0,
      help: "Share of labels that may be wrong",
    },
    sftWeight: {
      kind: "real",
      default: 0,
      help: "Weight of fine-tuning on chosen answers beside the loss, which keeps them likely",
    },
    maxKl: {
      kind: "real",
      above: 0,
      help: "Limit on the KL to the reference, in nats per token, also on held-out pairs: a step above it is undone and ends the run",
    },
  },
  /** Options of `kto`. */
  kto: {
    beta: {
      kind: "real",
      above: 0,
      default: 0.1,
      help: "β: how strongly the model is held to the reference",
    },
    desirableWeight: {
      kind: "real",
      above: 0,
      default: 1,
      help: "Weight of desirable answers; raise it where they are rarer",
    },
    undesirableWeight: {
      kind: "real",
      above: 0,
      default: 1,
      help: "Weight of undesirable answers; raise it where they are rarer",
    },
  },
  /** Options of `orpo`. */
  orpo: {
    lambda: { kind: "real", default: 0.1, help: "λ: weight of the odds ratio beside fine-tuning" },
  },
  /** Options of `simpo`. */
  simpo: {
    beta: { kind: "real", above: 0, default: 2, help: "β: scale of the rewards per token" },
    gamma: {
      kind: "real",
      default: 1,
      help: "γ: by how much a chosen answer's reward should lead",
    },
  },
  /** Options of `trainReward`. */
  reward: {
    center: { kind: "real", default: 0, help: "Weight of the term that keeps scores near 0" },
  },
  /** Options of how `grpo` and `ppo` sample answers. */
  rollout: {
    groupSize: { kind: "whole", min: 1, help: "Answers to each prompt; 8 for grpo, 1 for ppo" },
    maxNewTokens: { kind: "whole", min: 1, default: 64, help: "Maximum tokens per answer" },
    temperature: { kind: "real", above: 0, default: 1, help: "Sampling temperature" },
  },
  /** Options of `grpo`. */
  grpo: {
    lossType: {
      kind: "choice",
      words: ["grpo", "bnpo", "dapo", "dr-grpo", "cispo"],
      default: "grpo",
      help: "How to average over tokens; cispo, over all, keeps the gradient of tokens that are clipped",
    },
    beta: { kind: "real", default: 0.04, help: "Weight of the KL term" },
    epsilonLow: {
      kind: "real",
      max: 1,
      default: 0.2,
      help: "The ratio is clipped to 1 ± epsilon",
    },
    epsilonHigh: { kind: "real", help: "Upper clip, 1 + epsilon-high; epsilon by default" },
    ratioLevel: {
      kind: "choice",
      words: ["token", "sequence"],
      default: "token",
      help: "One ratio per token, or per answer (GSPO: for mixtures of experts and long answers)",
    },
    delta: {
      kind: "real",
      above: 1,
      help: "Largest ratio of answers that are worse than their group; none by default",
    },
    scale: {
      kind: "choice",
      words: ["group", "batch", "none"],
      default: "group",
      help: "Divide rewards by the standard deviation of the group, of the batch, or not at all",
    },
    updates: { kind: "whole", min: 1, default: 1, help: "Updates per batch of samples" },
  },
  /** Options of `ppo`; `klTarget` and `klHorizon` are those of its `adaptiveKl`. */
  ppo: {
    epochs: { kind: "whole", min: 1, default: 4, help: "Passes over the answers of a round" },
    minibatches: { kind: "whole", min: 1, default: 1, help: "Steps per pass" },
    clip: { kind: "real", max: 1, default: 0.2, help: "The ratio is clipped to 1 ± clip" },
    klCoefficient: {
      kind: "real",
      default: 0.05,
      help: "Initial weight of the KL penalty",
    },
    klTarget: {
      kind: "real",
      above: 0,
      help: "Target KL per answer, to which the weight adapts; without it the weight is constant",
    },
    klHorizon: {
      kind: "whole",
      min: 1,
      default: 10_000,
      help: "Number of answers over which the weight adapts",
    },
    gamma: { kind: "real", max: 1, default: 1, help: "Discount" },
    lambda: { kind: "real", max: 1, default: 0.95, help: "λ of the advantage estimates" },
    entropyCoefficient: {
      kind: "real",
      default: 0,
      help: "Weight of the entropy bonus",
    },
  },
} as const satisfies Readonly<Record<string, OptionFields>>;
