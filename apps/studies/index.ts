import type { Comparison, OpenComparison } from "./shared/comparison";

/** A paper's comparison: what is printed of it at once, and what is loaded on use. */
export interface Paper {
  summary: string;
  comparison(): Promise<{ comparison: Comparison }>;
  // biome-ignore lint/suspicious/noExplicitAny: requests with the flags of any study
  open(): Promise<{ open: OpenComparison<any> }>;
  /** verdicts.json, a `PaperVerdicts`: what was found when it was recorded; absent where nothing was. */
  verdicts?(): Promise<{ default: unknown }>;
}

/** The papers that can be run again in miniature, by the names of their folders. */
export const papers: Readonly<Record<string, Paper>> = {
  "balance-marking": {
    summary: "watermarks in text, every scheme on the same prompts (Wang et al. 2024)",
    comparison: () => import("./balance-marking/comparison"),
    open: () => import("./balance-marking/open"),
    verdicts: () => import("./balance-marking/verdicts.json", { with: { type: "json" } }),
  },
  "deepseek-coder-v2": {
    summary: "code: continued training, filling in, longer contexts, learning from tests",
    comparison: () => import("./deepseek-coder-v2/comparison"),
    open: () => import("./deepseek-coder-v2/study"),
  },
  "deepseek-llm": {
    summary: "scaling laws from a grid of tiny models, and a prediction that is then trained",
    comparison: () => import("./deepseek-llm/comparison"),
    open: () => import("./deepseek-llm/study"),
    verdicts: () => import("./deepseek-llm/verdicts.json", { with: { type: "json" } }),
  },
  "deepseek-moe": {
    summary: "mixtures of experts: Dense, Hash, Switch, GShard, DeepSeekMoE",
    comparison: () => import("./deepseek-moe/comparison"),
    open: () => import("./deepseek-moe/study"),
    verdicts: () => import("./deepseek-moe/verdicts.json", { with: { type: "json" } }),
  },
  dpo: {
    summary: "preferences: what DPO and IPO learn from a program's judgements",
    comparison: () => import("./dpo/comparison"),
    open: () => import("./dpo/open"),
    verdicts: () => import("./dpo/verdicts.json", { with: { type: "json" } }),
  },
  esft: {
    summary: "fine-tuning a mixture: ESFT, LoRA, full, random experts",
    comparison: () => import("./esft/comparison"),
    open: () => import("./esft/study"),
    verdicts: () => import("./esft/verdicts.json", { with: { type: "json" } }),
  },
  "fine-purify": {
    summary: "backdoors in fine-tuned weights, and every defence against them",
    comparison: () => import("./fine-purify/comparison"),
    open: () => import("./fine-purify/open"),
    verdicts: () => import("./fine-purify/verdicts.json", { with: { type: "json" } }),
  },
  "label-words": {
    summary: "label words as anchors in in-context learning",
    comparison: () => import("./label-words/comparison"),
    open: () => import("./label-words/study"),
    verdicts: () => import("./label-words/verdicts.json", { with: { type: "json" } }),
  },
  "math-shepherd": {
    summary: "process reward models: labels, choices and learning on word problems",
    comparison: () => import("./math-shepherd/comparison"),
    open: () => import("./math-shepherd/study"),
    verdicts: () => import("./math-shepherd/verdicts.json", { with: { type: "json" } }),
  },
  redgrape: {
    summary: "federated learning on long-tailed images: RedGrape and its baselines",
    comparison: () => import("./redgrape/comparison"),
    open: () => import("./redgrape/open"),
    verdicts: () => import("./redgrape/verdicts.json", { with: { type: "json" } }),
  },
  renode: {
    summary: "labels in graphs: six networks with and without ReNode's weights",
    comparison: () => import("./renode/comparison"),
    open: () => import("./renode/open"),
    verdicts: () => import("./renode/verdicts.json", { with: { type: "json" } }),
  },
};
