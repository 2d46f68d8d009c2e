/**
 * The options of the measures and interventions as data: help, range and default, for command lines and forms.
 *
 * @packageDocumentation
 */
import type { OptionFields } from "@deepgrain/support";
import { compressionVariants } from "./compression/variants";

const topK = {
  kind: "whole",
  min: 1,
  default: 5,
  help: "Number of top tokens that word loyalty compares",
} as const;

/** The purpose, range and default of this package's options, for command lines and forms. */
export const fields = {
  /** Of `textPromptSet` and `blockPromptSet`. */
  prompts: {
    shots: {
      kind: "whole",
      min: 1,
      default: 1,
      help: "Demonstrations per class",
    },
    items: { kind: "whole", min: 1, default: 200, help: "Prompts per seed" },
    seeds: {
      kind: "whole",
      min: 1,
      max: 100,
      default: 1,
      help: "Seeds; numbers are means over them",
    },
    seed: { kind: "whole", default: 0, help: "The first seed" },
    multiToken: {
      kind: "choice",
      words: ["refuse", "first", "mean"],
      help: "How to handle label words of several tokens; the template's choice by default",
    },
  },
  /** Of `attentionAuc`. */
  auc: {
    against: {
      kind: "choice",
      words: ["prediction", "gold"],
      default: "prediction",
      help: "Target of the prediction: the model's answer, as in the paper, or the correct one",
    },
  },
  /** Of `isolate`. */
  isolation: {
    mode: {
      kind: "choice",
      words: ["score", "zero"],
      default: "score",
      help: "score: scores of −10,000 before softmax; zero: probabilities 0 after it",
    },
    resample: {
      kind: "choice",
      words: ["per-layer", "per-prompt", "fixed"],
      default: "per-layer",
      help: "When to draw new random words",
    },
    topK,
  },
  /** Of `compress`. */
  compression: {
    variant: { kind: "choice", words: compressionVariants, help: "What to keep" },
    queryPositions: {
      kind: "choice",
      words: ["continue", "restart"],
      default: "continue",
      help: "Whether positions continue after the last kept token or start at 0",
    },
    draws: {
      kind: "whole",
      min: 1,
      default: 20,
      help: "Draws of hidden-random-top",
    },
    topK,
  },
  /** Of `diagnose`. */
  diagnosis: {
    layer: { kind: "whole", help: "Layer, from 0; two thirds up by default" },
    components: {
      kind: "whole",
      min: 1,
      help: "Main directions of the queries; 10 by default",
    },
  },
  /** Of `reweight`. */
  reweighting: {
    epochs: {
      kind: "whole",
      min: 1,
      default: 10,
      help: "Passes over the further examples",
    },
    lr: { kind: "real", above: 0, default: 0.01, help: "Adam's learning rate" },
    clamp: { kind: "real", above: 0, help: "Largest |β|; none by default" },
  },
  /** Of `trainTinyModel`: `recipe` is a name of `tinyRecipes`. */
  training: {
    recipe: {
      kind: "choice",
      words: ["anchors", "control", "look-alike", "small"],
      default: "anchors",
      help: "anchors; control: as accurate, without anchors; look-alike: unsure; small: a minute",
    },
    steps: { kind: "whole", min: 1, help: "Steps, instead of the recipe's" },
  },
  /** Of `saliencyFlow`. */
  flow: {
    measure: {
      kind: "choice",
      words: ["saliency", "attention", "attention-value"],
      default: "saliency",
      help: "attention-value: attention times the norm of the value",
    },
    order: {
      kind: "choice",
      words: ["sum-abs", "abs-sum"],
      default: "sum-abs",
      help: "Sum the heads before taking the absolute value, or after",
    },
    lossOver: {
      kind: "choice",
      words: ["labels", "vocabulary"],
      default: "labels",
      help: "Take the loss over the labels or over the whole vocabulary",
    },
  },
} as const satisfies Readonly<Record<string, OptionFields>>;
