import { defineGroup } from "./cli/define-command";

/** All commands. */
export const deepgrain = defineGroup("Train, specialise, convert and ask language models.", {
  start: {
    summary: "the main job: train a mixture of experts, specialise it, write a report",
    load: async () => (await import("./main-job/start")).start,
  },
  pretrain: {
    summary: "train a tokenizer and a model on text",
    load: async () => (await import("./models/pretrain")).pretrain,
  },
  generate: {
    summary: "continue a prompt, or a file of token ids",
    load: async () => (await import("./models/generate")).generate,
  },
  esft: {
    summary: "expert-specialised fine-tuning: score, select, train, apply, evaluate",
    load: async () => (await import("./papers/esft/commands")).esft,
  },
  moe: {
    summary:
      "mixtures of experts: inspect a model, compare them with each other and with the paper",
    load: async () => (await import("./papers/deepseek-moe/commands")).moe,
  },
  fed: {
    summary: "federated learning: simulate, coordinator, client, lm, privacy, compare",
    load: async () => (await import("./papers/redgrape/commands")).fed,
  },
  watermark: {
    summary: "watermarks in text: embed, detect, decode, attack, calibrate, compare, vectors",
    load: async () => (await import("./papers/balance-marking/commands")).watermark,
  },
  renode: {
    summary: "labels in graphs: score, weights, train, compare, draw",
    load: async () => (await import("./papers/renode/commands")).renode,
  },
  anchors: {
    summary: "label words in in-context learning: flow, isolate, auc, reweight, compress, diagnose",
    load: async () => (await import("./papers/label-words/commands")).anchors,
  },
  purify: {
    summary: "backdoors in fine-tuned weights: plant, purify, measure",
    load: async () => (await import("./papers/fine-purify/commands")).purify,
  },
  align: {
    summary: "change a model: sft, dpo, reward, grpo, ppo",
    load: async () => (await import("./align/commands")).align,
  },
  prm: {
    summary: "process reward models: annotate, train, score, grade, verify, search, ppo, evaluate",
    load: async () => (await import("./prm/commands")).prm,
  },
  scaling: {
    summary: "scaling laws: fit a table of runs, plan a budget, sweep",
    load: async () => (await import("./papers/deepseek-llm/commands")).scaling,
  },
  bench: {
    summary: "measure this machine: backends, matrix products, training steps",
    load: async () => (await import("./bench/command")).bench,
  },
  convert: {
    summary: "turn a llama2.c checkpoint into a Hugging Face folder",
    load: async () => (await import("./models/convert")).convert,
  },
  logits: {
    summary: "write logits and loss for given token ids",
    load: async () => (await import("./models/logits")).logits,
  },
});
