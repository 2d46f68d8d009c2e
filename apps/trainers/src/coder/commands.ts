import { defineCommand, defineGroup } from "@deepgrain/command-line/commands/define-command";
import { dedupeFlags, evaluateFlags, fimFlags, grpoFlags, orderFlags } from "./flags";

export const coder = defineGroup(
  "Code as training data, evaluation by running what a model wrote, and training on the results.",
  {
    fim: defineCommand({
      summary: "move the middle of documents to their end, to learn to fill in",
      description:
        "Moves the middle of a share of documents to their end, so that a model learns to fill in the middle. A document that holds a sentinel is dropped and counted, unless its sentinels are escaped.",
      examples: [
        "coder fim --data code.jsonl --out fim.jsonl",
        "coder fim --data code.jsonl --rate 1 --mode spm --family starcoder --out fim.jsonl",
      ],
      flags: fimFlags,
      run: async (...call) => (await import("./fim")).fim(...call),
    }),
    order: defineCommand({
      summary: "pack a repository's files in the order of their imports",
      description:
        "Packs a repository into samples for training: files that depend on one another stand together, each behind a comment with its path.",
      examples: [
        "coder order --repository DIR --out samples.jsonl",
        "coder order --repository DIR --order random --max-length 60000 --out samples.jsonl",
      ],
      flags: orderFlags,
      run: async (...call) => (await import("./order")).order(...call),
    }),
    dedupe: defineCommand({
      summary: "drop files by the paper's filters, near-duplicates, and parts of tests",
      description:
        "Drops documents by the paper's five filters, all but one of each group of near-duplicates, and those that hold a part of a test.",
      examples: [
        "coder dedupe --data code.jsonl --out clean.jsonl",
        "coder dedupe --data code.jsonl --against HumanEval.jsonl.gz --dropped dropped.jsonl --out clean.jsonl",
      ],
      flags: dedupeFlags,
      run: async (...call) => (await import("./dedupe")).dedupe(...call),
    }),
    evaluate: defineCommand({
      summary: "run what a model wrote, and estimate pass@k",
      description:
        "Samples completions of tasks, runs each in a sandbox, and estimates pass@k. Everything but `passed` counts as not passed; tasks in languages that cannot be run are left out and counted. A run that was stopped or killed goes on where it was.",
      examples: [
        "coder evaluate --tasks HumanEval.jsonl.gz --model DIR --out samples.jsonl",
        "coder evaluate --tasks HumanEval.jsonl.gz --endpoint http://localhost:8000/v1 --endpoint-model NAME --prompt chat --n 20 --k 1,10 --temperature 0.8",
        "coder evaluate --tasks humaneval-x-js.jsonl.gz --reference",
        "coder evaluate --model DIR   # generated functions over arrays",
      ],
      flags: evaluateFlags,
      isComputing: true,
      run: async (...call) => (await import("./evaluate")).evaluate(...call),
    }),
    grpo: defineCommand({
      summary: "train a model on the tests that its programs pass",
      description:
        "Trains a model by group relative policy optimisation on programs that it writes: rewarded are those that pass their tests, or that a reward model prefers. Held-out tasks are measured by their tests, whatever the reward.",
      examples: [
        "coder grpo --model DIR --tasks tasks.jsonl --out tuned --lora-rank 8",
        "coder grpo --model DIR --tasks tasks.jsonl --reward model --reward-model judge --learn-every 20 --out tuned",
        "coder grpo --model DIR --out tuned --steps 100   # generated functions over arrays",
      ],
      flags: grpoFlags,
      isTraining: true,
      run: async (...call) => (await import("./grpo")).grpo(...call),
    }),
  },
);
