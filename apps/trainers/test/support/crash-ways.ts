import { existsSync } from "node:fs";
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { jsonLines, writeTinyModel } from "@deepgrain/studies/shared/test/tiny-folder";
import { call } from "../call";
import { resuming } from "./resuming";
import { saveTinyChatModel } from "./tiny-chat-model";
import { tinyMixture } from "./tiny-mixture-config";

/** A way of writing: a command with little to do. */
export interface CrashWay {
  name: string;
  /** Writes what it reads. */
  prepare(cwd: string): Promise<void>;
  /** Readies the folder of one run, in which it writes. */
  begin?(cwd: string, folder: string): Promise<void>;
  /** How it is called, first and again. @param folder relative to `cwd` */
  args(cwd: string, folder: string): string[];
}

const small = "--steps 3 --checkpoint-every 1 --evaluate-every 1".split(" ");

async function writeChat(cwd: string): Promise<void> {
  await saveTinyChatModel(join(cwd, "chat"), { positions: 32 });
}

const pretraining = (folder: string) => [
  ...["pretrain", "--data", "text.txt", "--model-config", "config.json", "--vocab-size", "259"],
  ...["--out", join(folder, "out"), "--batch-size", "1", "--sequence-length", "8", ...small],
];

async function writeText(cwd: string): Promise<void> {
  await writeFile(join(cwd, "text.txt"), "one two three four ".repeat(30));
  await writeFile(join(cwd, "config.json"), JSON.stringify(tinyMixture));
}

/** `--overwrite` where a command that does not go on is called again. */
const again = (path: string) => (existsSync(path) ? ["--overwrite"] : []);

export const crashWays: readonly CrashWay[] = [
  {
    name: "pretrain",
    prepare: writeText,
    args: (cwd, folder) => [...pretraining(folder), ...resuming(join(cwd, folder, "out"))],
  },
  {
    name: "prm annotate",
    async prepare(cwd) {
      await writeChat(cwd);
      const rows = [1, 2].map((i) => ({
        id: `p${i}`,
        problem: `${i}`,
        steps: ["a 1", "b 2"],
        gold: "2",
      }));
      await writeFile(join(cwd, "solutions.jsonl"), jsonLines(rows));
    },
    args: (cwd, folder) => [
      ...["prm", "annotate", "--in", "solutions.jsonl", "--model", "chat"],
      ...["--n", "1", "--max-new-tokens", "2", "--concurrency", "1", "--out", join(folder, "out")],
      ...resuming(join(cwd, folder, "out")),
    ],
  },
  {
    name: "align grpo",
    async prepare(cwd) {
      await writeChat(cwd);
      const reward = "export default (answers) => answers.map(({ text }) => text.length);";
      await writeFile(join(cwd, "reward.mjs"), reward);
      await writeFile(join(cwd, "prompts.jsonl"), jsonLines([{ prompt: "1" }, { prompt: "2" }]));
    },
    args: (cwd, folder) => [
      ...["align", "grpo", "--model", "chat", "--data", "prompts.jsonl", "--reward", "reward.mjs"],
      ...["--batch-size", "1", "--group-size", "2", "--max-new-tokens", "2", ...small],
      ...["--out", join(folder, "out"), ...resuming(join(cwd, folder, "out"))],
    ],
  },
  {
    name: "fed simulate",
    prepare: async () => {},
    args: (cwd, folder) => [
      ...["fed", "simulate", "--method", "fedavg", "--rounds", "3", "--epochs", "1"],
      ...["--clients", "2", "--largest", "20", "--ratio", "2", "--evaluate-every", "1"],
      ...["--out", join(folder, "out"), ...resuming(join(cwd, folder, "out"))],
    ],
  },
  {
    name: "convert",
    prepare: (cwd) => writeTinyModel(join(cwd, "m")),
    args: (cwd, folder) => [
      ...["convert", "m", "--dtype", "bf16"],
      ...["--out", join(folder, "out"), ...again(join(cwd, folder, "out"))],
    ],
  },
  {
    name: "export",
    async prepare(cwd) {
      await writeText(cwd);
      const { code, err } = await call(pretraining("trained"), { cwd });
      if (code !== 0) throw new Error(err);
    },
    begin: (cwd, folder) =>
      cp(join(cwd, "trained", "out"), join(cwd, folder, "out"), { recursive: true }),
    args: (cwd, folder) => [
      ...["export", join(folder, "out"), "--format", "csv"],
      ...again(join(cwd, folder, "out", "metrics.csv")),
    ],
  },
  {
    name: "a report",
    prepare: (cwd) => writeTinyModel(join(cwd, "m")),
    args: (_, folder) => [
      ...["moe", "inspect", "--model", "m", "--data", "m/config.json", "--tokens", "32"],
      ...["--sequence-length", "16", "--out", join(folder, "pages", "report.html")],
    ],
  },
];
