import { defineCommand, defineGroup } from "@deepgrain/command-line/commands/define-command";
import { applyFlags, evaluateFlags, scoreFlags, selectFlags, trainFlags } from "./flags";

/** The steps of expert-specialised fine-tuning. */
export const esft = defineGroup(
  "Expert-specialised fine-tuning: train only the experts that a task uses.",
  {
    score: defineCommand({
      summary: "measure how much a task uses each expert",
      description: "Runs a model on a task and measures how much each expert is used.",
      examples: [
        "esft score --model runs/main/base --data task.jsonl --out scores/task",
        "esft score --model DIR --data task.jsonl --out scores/task --sample-tokens 8192 --trace",
        "esft score --model LARGE --data task.jsonl --out scores/task --layer-by-layer",
      ],
      flags: scoreFlags,
      isComputing: true,
      run: async (...call) => (await import("./score")).score(...call),
    }),
    select: defineCommand({
      summary: "choose the experts of a task from its scores",
      description: "Chooses the fewest experts per layer that cover a share of the task's score.",
      examples: [
        "esft select --scores scores/task --out expert_cfg.json",
        "esft select --scores scores/task --score-function gate --top-p 0.1 --out expert_cfg.json",
        "esft select --scores scores/task --model runs/main/base --out expert_cfg.json",
        "esft select --eval_datasets=intent,law --expert_scores_dir=scores --output_dir=configs",
      ],
      flags: selectFlags,
      run: async (...call) => (await import("./select")).select(...call),
    }),
    train: defineCommand({
      summary: "train the chosen experts and write an adapter",
      description:
        "Trains the chosen experts on a task, with everything else frozen, and writes an adapter folder; for comparison, trains all weights or LoRA.",
      examples: [
        "esft train --model runs/main/base --expert-config expert_cfg.json --data task.jsonl --out adapter --steps 200",
        "esft train --model DIR --expert-config FILE --data task.jsonl --out adapter --resume",
        "esft train --model DIR --method lora --data task.jsonl --out lora",
        "esft train --base_model_path=DIR --expert_config=FILE --train_dataset=FILE --train_config=base.yaml --output_dir=DIR",
      ],
      flags: trainFlags,
      isTraining: true,
      run: async (...call) => (await import("./train")).train(...call),
    }),
    apply: defineCommand({
      summary: "add an adapter to a model",
      description:
        "Adds an adapter (trained experts, or LoRA in PEFT's format) to a model and writes the result as a model folder.",
      examples: ["esft apply --model runs/main/base --adapter runs/main/adapter --out specialised"],
      flags: applyFlags,
      isComputing: true,
      run: async (...call) => (await import("./apply")).apply(...call),
    }),
    evaluate: defineCommand({
      summary: "measure a model's loss on a task's answers",
      description:
        "Measures a model on a task, with or without an adapter: mean loss of the answers, a score for its own answers, and how its experts are used.",
      examples: [
        "esft evaluate --model runs/main/base --data held-out.jsonl",
        "esft evaluate --model runs/main/base --adapter runs/main/adapter --data held-out.jsonl --json",
        "esft evaluate --model DIR --adapter DIR --data law.jsonl --out completions.jsonl",
      ],
      flags: evaluateFlags,
      isComputing: true,
      run: async (...call) => (await import("./evaluate")).evaluate(...call),
    }),
  },
);
