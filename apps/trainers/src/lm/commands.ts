import { defineCommand } from "@deepgrain/command-line/commands/define-command";
import { evaluateFlags } from "./evaluate-flags";
import {
  chatFlags,
  convertFlags,
  extendFlags,
  generateFlags,
  logitsFlags,
  pretrainFlags,
} from "./flags";

export const pretrain = defineCommand({
  description:
    "Trains a tokenizer and a language model on text, or continues a model on it. Of a text that is one document the last 5 % are held out, where it has at least ten sequences.",
  examples: [
    "pretrain --data english --out first --steps 500",
    "pretrain --data a.txt,b.jsonl --model-config config.json --out mine --steps 2000 --lr 0.001",
    "pretrain --model DIR --data notes.txt --mix english:0.3 --out continued --steps 500",
    "pretrain --model hf:owner/name --data notes.txt --lora-rank 8 --out adapter",
    "pretrain --data english --out first --config run.yaml --dry-run   # memory, steps, time per step",
    "pretrain --data english --out first --steps 500 --resume",
  ],
  flags: pretrainFlags,
  isTraining: true,
  run: async (...call) => (await import("./pretrain")).pretrain(...call),
});

export const generate = defineCommand({
  description: "Continues a prompt, or a file of token ids.",
  examples: [
    'generate --model runs/first/base --prompt "The whale"',
    'generate --model DIR --prompt "Once upon a time" --temperature 0 --max-new-tokens 200',
    'generate --model DIR --chat --prompt "What is a whale?"',
    'generate --model BASE --adapter tuned --chat --prompt "What is a whale?"',
    "generate --model runs/main/base --adapter runs/main/adapter --chat --prompt TEXT --temperature 0 --both",
    'generate --model DIR --prompt "2 + 2 =" --samples 4 --min-p 0.1 --stop "." --logprobs 3 --json',
    'generate --model DIR --chat --prompt "Name a whale." --schema answer.json --draft SMALLER',
    'generate --model DIR --chat --prompt "Is it warm in Rome?" --tools tools.json --json',
    "generate --model DIR --ids ids.json --temperature 0 --max-new-tokens 16 --out out.json",
  ],
  flags: generateFlags,
  isComputing: true,
  run: async (...call) => (await import("./generate")).generate(...call),
});

export const convert = defineCommand({
  description:
    "Converts a llama2.c checkpoint, a GGUF file or a Hugging Face folder, or writes it as a GGUF file.",
  examples: [
    "convert stories260K.bin --tokenizer tok512.bin --out stories260K",
    "convert runs/first/base --dtype bf16 --out first-bf16",
    "convert runs/first/base --to gguf --dtype q8_0 --out first-gguf",
    "convert first-gguf/model.gguf --out again   # a folder, to train it or for other tools",
    "convert runs/first/base --to gguf --out for-llama --dry-run   # whether llama.cpp can have it",
  ],
  flags: convertFlags,
  isComputing: true,
  run: async (...call) => (await import("./convert")).convert(...call),
});

export const evaluate = defineCommand({
  description:
    "Evaluates a model by a task: the likeliest of some choices, or a written answer that is checked. Shares have exact intervals of 95 %. A run that was stopped or killed goes on where it was.",
  examples: [
    "evaluate --tasks sst2.json --data validation.jsonl --shots-data train.jsonl --model DIR --out rows.jsonl",
    "evaluate --tasks gsm8k.json --data test.jsonl --model DIR --chat --limit 100",
    "evaluate --tasks trec.json --data test.jsonl --endpoint http://localhost:8000/v1 --endpoint-model NAME --json",
  ],
  flags: evaluateFlags,
  isComputing: true,
  run: async (...call) => (await import("./evaluate")).evaluate(...call),
});

export const logits = defineCommand({
  description: "Writes a model's logits and loss on given token ids, to compare implementations.",
  examples: [
    "logits --model runs/first/base --ids ids.json --out out.json",
    'logits --model DIR --ids ids.json   # ids.json: {"input_ids": [[1, 2, 3]], "attention_mask"?: …, "labels"?: …}',
  ],
  flags: logitsFlags,
  isComputing: true,
  run: async (...call) => (await import("./logits")).logits(...call),
});

export const chat = defineCommand({
  description:
    "Chats with a model through its chat template, or with an OpenAI-compatible server. Each line is a turn; /help lists the commands.",
  examples: [
    "chat --model DIR",
    'chat --model DIR --system "You answer in one sentence."',
    "chat --endpoint http://127.0.0.1:8080/v1",
    "chat --model DIR --tools tools.json   # calls are shown, and you type their results",
    "chat --model DIR --temperature 0 < questions.txt > answers.txt",
  ],
  flags: chatFlags,
  isComputing: true,
  run: async (...call) => (await import("./chat")).chat(...call),
});

export const extend = defineCommand({
  description:
    "Trains a model to handle longer texts: YaRN scales positions from the first stage on, and long documents are drawn more often. Prints the loss by position before and after, on held-out documents.",
  examples: [
    "extend --model DIR --data code.jsonl --factor 16 --stages 1024x200x8,4096x100x2 --out longer",
    "extend --model DIR --data code.jsonl --factor 4 --stages 2048x200x4 --scaling linear --out longer",
  ],
  flags: extendFlags,
  isTraining: true,
  run: async (...call) => (await import("./extend")).extend(...call),
});
