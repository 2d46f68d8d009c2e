/**
 * The options of attack, fine-tuning and purifying as data: help, range and default, for command lines and forms.
 *
 * @packageDocumentation
 */
import type { OptionFields } from "@deepgrain/support";

export { modelParts } from "./weights/part-of-model";

const seed = {
  kind: "whole",
  max: 2 ** 31,
  default: 0,
  help: "Seed of all random choices",
} as const;

/** The purpose, range and default of this package's options, for command lines and forms. */
export const fields = {
  /** Of `dataAttacks`. */
  pattern: {
    attack: {
      kind: "choice",
      words: ["BadWord", "BadSent", "BiasWord", "BiasSent"],
      default: "BadWord",
      help: "Kind of pattern: a backdoor or a bias, with a word or a sentence",
    },
    target: { kind: "whole", default: 0, help: "Class that the pattern triggers" },
    trigger: {
      kind: "text",
      help: "Trigger words, separated by spaces, or the sentence; by default cf mn bb tq mb, or a standard sentence",
    },
    seed,
    maxLength: { kind: "whole", min: 3, default: 128, help: "Maximum tokens per row" },
  },
  /** Of `attackEncoder` and `poison`, whose `rate` is `poisonRate`. */
  attack: {
    way: {
      kind: "choice",
      words: ["data", "embedding", "layerwise", "restricted", "adaptive"],
      default: "data",
      help: "How the attacker trains: on poisoned data; only the trigger's embedding; with a loss at the first token of every layer; with a penalty on drift; or with one weighted by the attacker's own Fisher values",
    },
    penalty: { kind: "real", default: 1e-3, help: "Weight of the penalty on drift" },
    poisonRate: { kind: "real", max: 1, default: 0.1, help: "Share of the rows that are poisoned" },
    setting: {
      kind: "choice",
      words: ["mix", "dirty", "clean"],
      default: "mix",
      help: "Poison any rows, those of other classes, or those of the target",
    },
  },
  /** Of `trainTextEncoder`. */
  encoder: {
    steps: {
      kind: "whole",
      min: 1,
      default: 1000,
      help: "Steps of pre-training, of 48 texts each",
    },
    vocabSize: { kind: "whole", min: 260, default: 2000, help: "Tokens of the tokenizer" },
    hiddenSize: { kind: "whole", min: 2, default: 48, help: "Width of its two layers; even" },
    maxLength: { kind: "whole", min: 8, default: 64, help: "Maximum tokens per row" },
    seed,
  },
  /** How an encoder is trained on poisoned rows. */
  training: {
    optimizer: {
      kind: "choice",
      words: ["adamw", "sgd"],
      default: "adamw",
      help: "Optimiser",
    },
    lr: { kind: "real", default: 2e-5, help: "Peak learning rate, falling to 0" },
    epochs: { kind: "whole", min: 1, default: 3, help: "Epochs" },
    batchSize: { kind: "whole", min: 1, default: 32, help: "Rows per step" },
  },
  /** Of `textDefence`: the method. */
  method: {
    method: {
      kind: "choice",
      words: ["strip", "rap", "onion"],
      default: "strip",
      help: "Refuse rows whose prediction stays too certain (strip) or resists a trained word (rap), or remove unlikely words from rows (onion)",
    },
  },
  /** Of `textDefence`: STRIP and RAP. */
  screens: {
    frr: {
      kind: "real",
      max: 1,
      default: 0.01,
      help: "Share of clean rows that may be refused",
    },
    copies: { kind: "whole", min: 1, default: 5, help: "STRIP: changed copies per row" },
    ratio: {
      kind: "real",
      max: 1,
      default: 0.5,
      help: "STRIP: share of the words that are replaced",
    },
    rapWord: { kind: "text", default: "mb", help: "RAP: a rare word that is one token" },
    epochs: {
      kind: "whole",
      min: 1,
      default: 5,
      help: "RAP: epochs over clean rows of --target",
    },
    lr: {
      kind: "real",
      default: 1e-2,
      help: "RAP: learning rate of the word's embedding",
    },
  },
  /** Of `textDefence`: ONION. */
  filter: {
    threshold: {
      kind: "real",
      min: Number.NEGATIVE_INFINITY,
      help: "ONION: remove a word if the perplexity falls by more than this without it; chosen on --clean by default",
    },
  },
  /** Of `purify`: what weights are ranked by and how they are reset. */
  purify: {
    indicator: {
      kind: "choice",
      words: ["r", "delta2", "fisher", "random"],
      default: "r",
      help: "How to rank weights: by δ²/Ĥ, δ², 1/Ĥ, or at random",
    },
    mode: {
      kind: "choice",
      words: ["hard", "soft"],
      default: "hard",
      help: "Reset fully, or in proportion to the probability of being poisoned",
    },
    em: { kind: "switch", help: "Expectation maximisation in soft mode" },
    rho: {
      kind: "real",
      max: 1,
      default: 0.9,
      help: "Reserve ratio ρ: share of weights to keep",
    },
  },
  /** Of `chooseRho`. */
  search: {
    tolerance: {
      kind: "real",
      max: 1,
      default: 0.05,
      help: "Accuracy that the search for ρ may lose",
    },
  },
  /** Of `purify`: what shares a score. */
  granularity: {
    granularity: {
      kind: "choice",
      words: ["scalar", "row", "tensor"],
      default: "scalar",
      help: "Which weights share one score",
    },
  },
  /** Of `cleanFisher` and `purify`. */
  fisher: {
    fisherAt: {
      kind: "choice",
      words: ["init", "finetuned", "midpoint", "average"],
      default: "init",
      help: "Weights at which Fisher values are taken",
    },
    kind: {
      kind: "choice",
      words: ["empirical", "true"],
      default: "empirical",
      help: "Kind of Fisher information",
    },
    largestDrift: {
      kind: "real",
      default: 0.5,
      help: "Median |δ|/|w| above which the checkpoints are refused as unrelated",
    },
  },
} as const satisfies Readonly<Record<string, OptionFields>>;
