import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { readTaskSamples } from "@deepgrain/esft";
import type { Tokenizer } from "@deepgrain/lm";
import { shuffled } from "@deepgrain/studies/shared/tasks/shuffled";
import { UsageError } from "@deepgrain/studies/shared/usage-error";

export { paddingOf } from "@deepgrain/command-line/trainings/prepare-align";

/**
 * The file of a task: the path itself, or, for the name of one of the official data sets, its place below the current folder
 * (`datasets/train/intent.jsonl`).
 * @param kind which of the two official folders is meant
 * @throws {UsageError} for a name that is neither a file nor such a data set
 */
export function datasetFile(path: string, kind: "train" | "eval"): string {
  const name = basename(path);
  if (existsSync(path) || name.includes(".")) return path;
  const official = join(dirname(path), "datasets", kind, `${name}.jsonl`);
  if (existsSync(official)) return official;
  throw new UsageError(
    `--data must be a file, or the name of a data set: there is neither ${path} nor ${official}`,
  );
}

/** The conversations (or instructions) of a task file, encoded and in an order that follows from the seed. */
export async function taskSamples(file: string, tokenizer: Tokenizer, seed: number) {
  return shuffled((await readTaskSamples(file, tokenizer)).samples, seed);
}
