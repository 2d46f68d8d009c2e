import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { jsonLines, writeTinyModel } from "@deepgrain/studies/shared/test/tiny-folder";
import { encoderFolders } from "../fine-purify/encoder-folders";
import { saveTinyChatModel } from "./tiny-chat-model";

/** How a command that writes a folder is called with the least work. */
export interface FolderWriter {
  /** Its words and flags, but for the folder. */
  args: string;
  /** Whether it comes to its end by itself in a moment; others wait for clients or an endpoint. */
  ends: boolean;
}

const training = "--steps 1 --batch-size 1 --sequence-length 32";
const aligning = "--model chat --steps 1 --batch-size 2";
const sampling = `${aligning} --data prompts.jsonl --reward reward.mjs --group-size 2 --max-new-tokens 2`;
const pictures = "--method fedavg --rounds 1 --epochs 1 --clients 2";
const attack = "--trigger cf --target 0 --setting dirty --epochs 1 --batch-size 12";

/** Every command that writes a folder by its words and the flag, called in a folder of {@link writeInputs}. */
export const folderWriters: Readonly<Record<string, FolderWriter>> = {
  "pretrain --out": {
    args: `pretrain --data text.txt --model-config m/config.json --vocab-size 300 ${training}`,
    ends: true,
  },
  "esft score --out": { args: "esft score --model m --data chats.jsonl --trace", ends: true },
  "esft select --output-dir": {
    args: "esft select --scores scores --eval-datasets a,b",
    ends: true,
  },
  "esft train --out": {
    args: `esft train --model m --expert-config e.json --data chats.jsonl ${training}`,
    ends: true,
  },
  "esft apply --out": { args: "esft apply --model m --adapter adapter", ends: true },
  "moe upcycle --out": { args: "moe upcycle --model chat --experts 2", ends: true },
  "convert --out": { args: "convert m", ends: true },
  "fed simulate --out": {
    args: `fed simulate ${pictures} --largest 20 --ratio 2`,
    ends: true,
  },
  "fed coordinator --out": {
    args: `fed coordinator ${pictures} --port 0`,
    ends: false,
  },
  "fed lm --out": {
    args: "fed lm --data text.txt --remote --port 0 --workers 2 --steps 2 --inner-steps 1",
    ends: false,
  },
  "fed lm-worker --out": {
    args: "fed lm-worker --id a --endpoint ws://127.0.0.1:1 --key a.key --data text.txt --tokenizer m",
    ends: false,
  },
  "anchors train --out": { args: "anchors train --recipe small --steps 1", ends: true },
  "anchors flow --page": { args: "anchors flow --items 2", ends: true },
  "purify train --out": {
    args: "purify train --data rows.jsonl --steps 1 --vocab-size 300 --hidden-size 8 --max-length 16",
    ends: true,
  },
  "purify attack --out": {
    args: `purify attack --model finetuned --data rows.jsonl ${attack}`,
    ends: true,
  },
  "purify run --out": {
    args: "purify run --init init --finetuned finetuned --indicator random --rho 0.5",
    ends: true,
  },
  "align sft --out": { args: `align sft ${aligning} --data chats.jsonl`, ends: true },
  "align dpo --out": {
    args: `align dpo ${aligning} --data pairs.jsonl --reference precomputed`,
    ends: true,
  },
  "align kto --out": { args: `align kto ${aligning} --data answers.jsonl`, ends: true },
  "align orpo --out": { args: `align orpo ${aligning} --data pairs.jsonl`, ends: true },
  "align simpo --out": { args: `align simpo ${aligning} --data pairs.jsonl`, ends: true },
  "align reward --out": { args: `align reward ${aligning} --data pairs.jsonl`, ends: true },
  "align grpo --out": { args: `align grpo ${sampling}`, ends: true },
  "align ppo --out": { args: `align ppo ${sampling}`, ends: true },
  "extend --out": {
    args: "extend --model m --data text.txt,reward.mjs --factor 2 --stages 32x1x1 --scaling linear",
    ends: true,
  },
  "coder grpo --out": {
    args: "coder grpo --model chat --tasks tasks.jsonl --steps 1 --batch-size 1 --group-size 2 --max-new-tokens 2 --held-out 0",
    ends: true,
  },
  "prm annotate --out": { args: "prm annotate --in labels.jsonl --model chat", ends: false },
  "prm train --out": {
    args: `prm train ${aligning} --data labels.jsonl --held-out 0`,
    ends: true,
  },
  "prm ppo --out": {
    args: `prm ppo ${aligning} --data prompts.jsonl --reward-model judge --max-new-tokens 2`,
    ends: true,
  },
};

/** Writes what {@link folderWriters} read. `adapter`, `judge` and `scores` are made by commands of the table. */
export async function writeInputs(cwd: string): Promise<void> {
  await writeTinyModel(join(cwd, "m"));
  await saveTinyChatModel(join(cwd, "chat"));
  await encoderFolders(cwd);
  const turn = (role: string, content: string) => ({ role, content });
  const rows = Array.from({ length: 8 }, (_, i) => i);
  const files: Record<string, string> = {
    "text.txt": rows
      .map((i) => `the number ${i} is not ${i + 1};`)
      .join(" ")
      .repeat(20),
    "e.json": JSON.stringify({ experts: { 1: [2, 0] } }),
    "a.key": `${"0".repeat(64)}\n`,
    "reward.mjs": "export default (answers) => answers.map(({ text }) => text.length);",
    "chats.jsonl": jsonLines(
      rows.map((i) => ({ messages: [turn("user", `${i}`), turn("assistant", `${i}${i}`)] })),
    ),
    "pairs.jsonl": jsonLines(rows.map((i) => ({ prompt: `${i}`, chosen: "y", rejected: "n" }))),
    "answers.jsonl": jsonLines(
      rows.map((i) => ({ prompt: `${i}`, completion: "y", label: i % 2 === 0 })),
    ),
    "tasks.jsonl": jsonLines(
      rows.map((i) => ({ id: `${i}`, prompt: `${i}`, language: "JavaScript", tests: "1;" })),
    ),
    "prompts.jsonl": jsonLines(rows.map((i) => ({ prompt: `${i}`, problem: `${i}` }))),
    "labels.jsonl": jsonLines(
      rows.map((i) => ({
        id: `p${i}`,
        problem: `${i}`,
        steps: ["a 1", "b 2"],
        gold: "2",
        values: [1, i % 2],
        isAnswerRight: i % 2 === 1,
      })),
    ),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text);
}

/** Copies scores for the two tasks of `esft select`. */
export async function copyScores(cwd: string, scores: string): Promise<void> {
  for (const task of ["a", "b"]) {
    await mkdir(join(cwd, "scores"), { recursive: true });
    await cp(scores, join(cwd, "scores", task), { recursive: true });
  }
}
