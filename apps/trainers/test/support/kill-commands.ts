import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { jsonLines, writeTinyModel } from "@deepgrain/studies/shared/test/tiny-folder";
import { filesIn } from "./program";
import { resuming } from "./resuming";

/** A command that is killed and resumed. */
export interface KillCommand {
  name: string;
  /** Writes what it reads. */
  prepare(cwd: string): Promise<void>;
  /** How to call it, first and after a kill. @param out folder, in `cwd` */
  args(cwd: string, out: string): string[];
}

/** A run of a few seconds that goes through every stage. */
const tinyRun = {
  text: { characters: 40_000, validationBlocks: 4 },
  tokenizer: { vocabSize: 320 },
  model: {
    hiddenSize: 16,
    layers: 2,
    heads: 2,
    denseSize: 32,
    expertSize: 8,
    experts: 8,
    topK: 2,
  },
  pretrain: {
    steps: 12,
    batchSize: 2,
    sequenceLength: 32,
    warmup: 2,
    evaluateEvery: 4,
    checkpointEvery: 3,
  },
  sampling: { words: 20 },
  task: { questions: 4, samples: 1 },
  select: { sampleTokens: 256 },
  tune: {
    steps: 6,
    batchSize: 2,
    sequenceLength: 96,
    warmup: 1,
    evaluateEvery: 3,
    checkpointEvery: 2,
  },
};

const conversations = Array.from({ length: 8 }, (_, i) => ({
  messages: [
    { role: "user", content: `say ${i % 3}` },
    { role: "assistant", content: `${i % 3}${i % 3}` },
  ],
}));

/** Tasks that a random continuation passes most of the time: it stands in a comment, which a line break ends. */
const tasks = Array.from({ length: 6 }, (_, i) => ({
  id: `t${i}`,
  prompt: `const f = () => ${i}; //`,
  kind: "complete",
  language: "JavaScript",
  tests: [{ call: "f", arguments: [], equals: i }],
}));

const sizes = "--batch-size 2 --sequence-length 32 --checkpoint-every 2 --evaluate-every 3";

const none = async () => {};

async function writeTasks(cwd: string): Promise<void> {
  await writeTinyModel(join(cwd, "m"));
  await writeFile(join(cwd, "tasks.jsonl"), jsonLines(tasks));
}

/** Writes a model, a text of one document to continue it with, and another to mix in. */
async function writeContinued(cwd: string): Promise<void> {
  await writeTinyModel(join(cwd, "m"));
  const text = Array.from({ length: 400 }, (_, i) => `the number ${i} is not ${i + 1};`);
  await writeFile(join(cwd, "text.txt"), text.join(" "));
  await writeFile(join(cwd, "old.txt"), "one two three four five ".repeat(60));
}

const continuing = (cwd: string, out: string) => [
  ...["pretrain", "--model", "m", "--data", "text.txt", "--mix", "old.txt:0.3", "--out", out],
  ...resuming(join(cwd, out)),
  ...["--lr", "0.01", "--steps", "9", ...sizes.split(" ")],
];

/** The commands that leave work to go on with. */
export const killCommands: readonly KillCommand[] = [
  {
    name: "start",
    prepare: (cwd) => writeFile(join(cwd, "tiny.json"), JSON.stringify(tinyRun)),
    args(cwd, out) {
      const isBegun = existsSync(join(cwd, out, "config.json"));
      const how = isBegun ? ["--resume"] : ["--quick", "--settings", "tiny.json"];
      return ["start", "--runs", ".", "--name", out, ...how];
    },
  },
  {
    name: "pretrain",
    async prepare(cwd) {
      await writeTinyModel(join(cwd, "m"));
      const text = Array.from({ length: 400 }, (_, i) => `the number ${i} is not ${i + 1};`);
      await writeFile(join(cwd, "text.txt"), text.join(" "));
    },
    args: (cwd, out) => [
      ...["pretrain", "--data", "text.txt", "--model-config", "m/config.json", "--out", out],
      ...resuming(join(cwd, out)),
      ...["--vocab-size", "300", "--steps", "9", ...sizes.split(" ")],
    ],
  },
  { name: "pretrain --model --mix", prepare: writeContinued, args: continuing },
  {
    name: "pretrain --lora-rank",
    prepare: writeContinued,
    args: (cwd, out) => [...continuing(cwd, out), "--lora-rank", "2"],
  },
  {
    name: "esft train",
    async prepare(cwd) {
      await writeTinyModel(join(cwd, "m"));
      await writeFile(join(cwd, "task.jsonl"), jsonLines(conversations));
      await writeFile(join(cwd, "e.json"), JSON.stringify({ experts: { 1: [2, 0] } }));
    },
    args: (cwd, out) => [
      ...["esft", "train", "--model", "m", "--data", "task.jsonl", "--expert-config", "e.json"],
      ...["--out", out, "--lr", "0.02", "--steps", "9", ...sizes.split(" ")],
      ...resuming(join(cwd, out)),
    ],
  },
  {
    name: "extend",
    async prepare(cwd) {
      await writeTinyModel(join(cwd, "m"));
      const text = (i: number) => `${i} whales and ${i + 1} fishes swim. `.repeat(12);
      await writeFile(
        join(cwd, "long.jsonl"),
        jsonLines(Array.from({ length: 20 }, (_, i) => ({ text: text(i) }))),
      );
    },
    args: (cwd, out) => [
      ...["extend", "--model", "m", "--data", "long.jsonl", "--out", out],
      ...resuming(join(cwd, out)),
      ...["--factor", "2", "--scaling", "linear", "--stages", "160x4x2,256x3x1"],
      ...["--lr", "0.01", "--checkpoint-every", "2"],
    ],
  },
  {
    name: "compare deepseek-moe",
    prepare: none,
    args: (_, out) => [
      ...[
        "compare",
        "deepseek-moe",
        "--quick",
        "--experiments",
        "A-5,A-6",
        "--seeds",
        "2",
        "--steps",
        "2",
      ],
      ...["--workers", "1", "--out", out],
    ],
  },
  {
    name: "compare esft",
    prepare: none,
    args: (_, out) => [
      ...["compare", "esft", "--quick", "--experiments", "B-4", "--tasks", "phones"],
      ...["--seeds", "1", "--pretrain-steps", "3", "--steps", "2", "--workers", "1", "--out", out],
    ],
  },
];

/** The commands that run what a model wrote; they need the sandbox's worker beside the program. */
export const coderKillCommands: readonly KillCommand[] = [
  {
    name: "coder evaluate",
    prepare: writeTasks,
    args: (_, out) => [
      ...["coder", "evaluate", "--model", "m", "--tasks", "tasks.jsonl", "--n", "3", "--k", "1,2"],
      ...["--temperature", "1", "--max-new-tokens", "24", "--out", join(out, "samples.jsonl")],
    ],
  },
  {
    name: "coder grpo",
    prepare: writeTasks,
    args: (cwd, out) => [
      ...["coder", "grpo", "--model", "m", "--tasks", "tasks.jsonl", "--out", out],
      ...resuming(join(cwd, out)),
      ...["--steps", "7", "--batch-size", "2", "--group-size", "4", "--max-new-tokens", "24"],
      ...["--lr", "0.01", "--held-out", "0.34", "--rollouts", "--updates", "2"],
      ...["--checkpoint-every", "3", "--evaluate-every", "2"],
    ],
  },
];

/** Leaves out what depends on the clock, on the folder's name or on the state of the repository. */
const timeless = (key: string, value: unknown): unknown =>
  /^(seconds|provenance|run$|time$)/.test(key) ? undefined : value;

async function contentOf(path: string, name: string): Promise<string> {
  if (name.endsWith(".json"))
    return JSON.stringify(JSON.parse(await readFile(path, "utf8")), timeless);
  if (name.endsWith(".jsonl")) {
    const lines = (await readFile(path, "utf8")).trim().split("\n");
    return lines.map((line) => JSON.stringify(JSON.parse(line), timeless)).join("\n");
  }
  if (name.endsWith("README.md"))
    return (await readFile(path, "utf8")).replaceAll(/^(<!-- deepgrain|# |deepgrain ).*$/gm, "");
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}

/**
 * Every file of a finished run with its content, bit for bit but for the times; pages for people by name only, and model
 * cards without their name and command.
 */
export async function outcomeOf(folder: string): Promise<Record<string, string>> {
  const names = await filesIn(folder);
  const contents = names.map(async (name) =>
    name.endsWith(".html") ? "page" : await contentOf(join(folder, name), name),
  );
  const all = await Promise.all(contents);
  return Object.fromEntries(names.map((name, i) => [name, all[i]!]));
}
