import { type CommandGroup, defineGroup } from "@deepgrain/command-line/commands/define-command";

/** Spellings before `deepgrain compare <paper>`. */
const moved = {
  "moe compare": "compare deepseek-moe",
  "esft compare": "compare esft",
  "watermark compare": "compare balance-marking",
  "fed compare": "compare redgrape",
  "renode compare": "compare renode",
  "anchors compare": "compare label-words",
  "purify compare": "compare fine-purify",
  "align compare": "compare dpo",
  "prm compare": "compare math-shepherd",
  "scaling sweep": "compare deepseek-llm",
} as const;

/** All commands. */
export const deepgrain: CommandGroup = defineGroup(
  "Train, specialise, convert and query language models.",
  {
    start: {
      summary: "the main job: train a mixture of experts, specialise it, write a report",
      load: async () => (await import("@deepgrain/start/start")).start,
    },
    pretrain: {
      summary: "train a tokenizer and a model on text",
      load: async () => (await import("./lm/commands")).pretrain,
    },
    generate: {
      summary: "continue a prompt, or a file of token ids",
      load: async () => (await import("./lm/commands")).generate,
    },
    chat: {
      summary: "chat with a model or a server",
      load: async () => (await import("./lm/commands")).chat,
    },
    serve: {
      summary: "serve models to clients of OpenAI's API",
      load: async () => (await import("./serve/commands")).serve,
    },
    evaluate: {
      summary: "evaluate a model: likely choices and written answers, with exact intervals",
      load: async () => (await import("./lm/commands")).evaluate,
    },
    esft: {
      summary: "expert-specialised fine-tuning: score, select, train, apply, evaluate",
      load: async () => (await import("./esft/commands")).esft,
    },
    moe: {
      summary: "inspect a mixture of experts",
      load: async () => (await import("./moe/commands")).moe,
    },
    fed: {
      summary: "federated learning: simulate, coordinator, client, lm, privacy",
      load: async () => (await import("./fedlt/commands")).fed,
    },
    watermark: {
      summary: "watermarks in text: embed, detect, decode, attack, calibrate, vectors",
      load: async () => (await import("./watermark/commands")).watermark,
    },
    renode: {
      summary: "labels in graphs: score, weights, train, draw",
      load: async () => (await import("./renode/commands")).renode,
    },
    anchors: {
      summary:
        "label words in in-context learning: flow, isolate, auc, reweight, compress, diagnose",
      load: async () => (await import("./icl-anchors/commands")).anchors,
    },
    purify: {
      summary: "backdoors in fine-tuned weights: train, attack, fisher, run, defend, report",
      load: async () => (await import("./fine-purify/commands")).purify,
    },
    align: {
      summary: "fine-tune on conversations, preferences or rewards: sft, dpo, reward, grpo, ppo",
      load: async () => (await import("./align/commands")).align,
    },
    extend: {
      summary: "train a model to handle longer texts",
      load: async () => (await import("./lm/commands")).extend,
    },
    coder: {
      summary: "code: fim, order, dedupe, evaluate by running programs, grpo on their tests",
      load: async () => (await import("./coder/commands")).coder,
    },
    prm: {
      summary:
        "process reward models: annotate, train, score, grade, verify, search, ppo, evaluate",
      load: async () => (await import("./prm/commands")).prm,
    },
    scaling: {
      summary: "scaling laws: fit a table of runs, plan a budget",
      load: async () => (await import("./scaling-laws/commands")).scaling,
    },
    compare: {
      summary: "repeat a paper in miniature: run it, judge its claims, write a report",
      load: async () => (await import("./compare/commands")).compare,
    },
    watch: {
      summary: "show runs on a page while they are written",
      load: async () => (await import("./runs/commands")).watch,
    },
    export: {
      summary: "write the measurements of runs as CSV or for TensorBoard",
      load: async () => (await import("./runs/commands")).exportCommand,
    },
    bench: {
      summary: "measure this machine: backends, matrix products, training steps",
      load: async () => (await import("./bench/command")).bench,
    },
    convert: {
      summary: "convert llama2.c or Hugging Face models to Hugging Face or GGUF",
      load: async () => (await import("./lm/commands")).convert,
    },
    completion: {
      summary: "print a script that completes commands and flags in bash, zsh or fish",
      load: async () =>
        (await import("@deepgrain/command-line/completion/command")).completionOf(deepgrain),
    },
    logits: {
      summary: "write logits and loss for given token ids",
      load: async () => (await import("./lm/commands")).logits,
    },
  },
  moved,
);
