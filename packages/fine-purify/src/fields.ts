import type { OptionFields } from "@deepgrain/support";

const seed = {
  kind: "whole",
  max: 2 ** 31,
  default: 0,
  help: "Seed of everything random",
} as const;

/** What the options of this package's functions are for, with range and default, for command lines and forms. */
export const fields = {
  /** Of `dataAttacks`. */
  pattern: {
    attack: {
      kind: "choice",
      words: ["BadWord", "BadSent", "BiasWord", "BiasSent"],
      default: "BadWord",
      help: "Pattern: a word or a sentence; a backdoor or a bias",
    },
    target: { kind: "whole", default: 0, help: "Class that the pattern leads to" },
    trigger: {
      kind: "text",
      help: "Trigger words, or the sentence, separated by spaces; cf mn bb tq mb, or a standard sentence, by default",
    },
    seed,
    length: { kind: "whole", min: 3, default: 128, help: "Most tokens of a row" },
  },
  /** Of `attackEncoder` and `poison`. */
  attack: {
    way: {
      kind: "choice",
      words: ["data", "embedding", "layerwise", "restricted", "adaptive"],
      default: "data",
      help: "Train all on poisoned data; the trigger's embedding alone; every layer's first token; with a penalty on drift; with one on drift over the attacker's own Fisher values",
    },
    penalty: { kind: "real", default: 1e-3, help: "Weight of the penalty on drift" },
    rate: { kind: "real", max: 1, default: 0.1, help: "Share of the rows that are poisoned" },
    setting: {
      kind: "choice",
      words: ["mix", "dirty", "clean"],
      default: "mix",
      help: "Poison any rows, those of other classes, or those of the target",
    },
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
    batch: { kind: "whole", min: 1, default: 32, help: "Rows per step" },
  },
  /** Of `textDefence`: the method. */
  method: {
    method: {
      kind: "choice",
      words: ["strip", "rap", "onion"],
      default: "strip",
      help: "Refuse rows whose prediction stays too certain (strip) or resists a trained word (rap), or take unlikely words out of rows (onion)",
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
      help: "ONION: how much likelier a text becomes without a word that goes, in perplexity; chosen on --clean by default",
    },
  },
  /** Of `purify`: what weights are ranked by and how they are reset. */
  purify: {
    indicator: {
      kind: "choice",
      words: ["r", "delta2", "fisher", "random"],
      default: "r",
      help: "What weights are ranked by: δ²/Ĥ, δ², 1/Ĥ, or nothing",
    },
    mode: {
      kind: "choice",
      words: ["hard", "soft"],
      default: "hard",
      help: "Reset wholly, or by the probability of being poisonous",
    },
    em: { kind: "switch", help: "Expectation maximisation in soft mode" },
    rho: {
      kind: "real",
      max: 1,
      default: 0.9,
      help: "Reserve ratio: share of weights that stay",
    },
  },
  /** Of `chooseRho`. */
  search: {
    tolerance: {
      kind: "real",
      max: 1,
      default: 0.05,
      help: "Accuracy that the search may lose",
    },
  },
  /** Of `purify`: what shares a score. */
  granularity: {
    granularity: {
      kind: "choice",
      words: ["scalar", "row", "tensor"],
      default: "scalar",
      help: "What shares one score",
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
