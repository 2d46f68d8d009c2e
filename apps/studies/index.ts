import type { Comparison, OpenComparison } from "./shared/comparison";

/** A paper's comparison: what is printed of it at once, and what is loaded on use. */
export interface Paper {
  summary: string;
  comparison(): Promise<{ comparison: Comparison }>;
  // biome-ignore lint/suspicious/noExplicitAny: requests with the flags of any study
  open(): Promise<{ open: OpenComparison<any> }>;
}

const paper = (summary: string, comparison: Paper["comparison"], open: Paper["open"]): Paper => ({
  summary,
  comparison,
  open,
});

/** The papers that can be run again in miniature, by the names of their folders. */
export const papers: Readonly<Record<string, Paper>> = {
  "balance-marking": paper(
    "watermarks in text, every scheme on the same prompts (Wang et al. 2024)",
    () => import("./balance-marking/comparison"),
    () => import("./balance-marking/open"),
  ),
  "deepseek-llm": paper(
    "scaling laws from a grid of tiny models, and a prediction that is then trained",
    () => import("./deepseek-llm/comparison"),
    () => import("./deepseek-llm/study"),
  ),
  "deepseek-moe": paper(
    "mixtures of experts: Dense, Hash, Switch, GShard, DeepSeekMoE",
    () => import("./deepseek-moe/comparison"),
    () => import("./deepseek-moe/study"),
  ),
  dpo: paper(
    "preferences: what DPO and IPO learn from a program's judgements",
    () => import("./dpo/comparison"),
    () => import("./dpo/open"),
  ),
  esft: paper(
    "fine-tuning a mixture: ESFT, LoRA, full, random experts",
    () => import("./esft/comparison"),
    () => import("./esft/study"),
  ),
  "fine-purify": paper(
    "backdoors in fine-tuned weights, and every defence against them",
    () => import("./fine-purify/comparison"),
    () => import("./fine-purify/open"),
  ),
  "label-words": paper(
    "label words as anchors in in-context learning",
    () => import("./label-words/comparison"),
    () => import("./label-words/study"),
  ),
  "math-shepherd": paper(
    "process reward models: labels, choices and learning on word problems",
    () => import("./math-shepherd/comparison"),
    () => import("./math-shepherd/study"),
  ),
  redgrape: paper(
    "federated learning on long-tailed pictures: RedGrape and its rivals",
    () => import("./redgrape/comparison"),
    () => import("./redgrape/open"),
  ),
  renode: paper(
    "labels in graphs: six networks with and without ReNode's weights",
    () => import("./renode/comparison"),
    () => import("./renode/open"),
  ),
};
