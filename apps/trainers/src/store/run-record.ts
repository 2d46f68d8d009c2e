import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { UsageError } from "../cli/usage-error";
import { readJson } from "../formats/read-json";
import { differences } from "./differences";

/** Name of the record in the folder of a run. */
export const RUN_FILE = "run.json";

const fields = z.record(z.string(), z.unknown());
const names = z.array(z.string());

const recordSchema = z.strictObject({
  version: z.literal(2),
  command: z.string(),
  settings: fields,
  data: fields,
  /**
   * Everything that the command writes in the folder: files, and folders with a `/` at the end. `*` stands for any part
   * of a name, such as the number of a shard.
   */
  files: names,
  /** Those of them that show that the run had its first step: results, and what it goes on from. */
  work: names,
  /** Those that are deleted before the run begins anew. */
  fresh: names,
});

/** The record of a command in the folder that it writes. Stored as run.json in it. */
export type RunRecord = z.infer<typeof recordSchema>;

/** The files that a training writes besides its result. */
export const trainingFolder = (path: string) => ({
  metrics: join(path, "metrics.jsonl"),
  checkpoints: join(path, "checkpoints"),
});

/** The files of a tokenizer, and those of a model folder without it. */
export const tokenizerFiles = ["tokenizer.json", "tokenizer_config.json", "chat_template.jinja"];
export const modelFiles = [
  "config.json",
  "model.safetensors",
  "model-*-of-*.safetensors",
  "model.safetensors.index.json",
];

/** The files of an adapter: trained experts, or LoRA. */
export const adapterFiles = [
  "expert_cfg.json",
  "adapter_config.json",
  "adapter_model.safetensors",
  "adapter_model-*-of-*.safetensors",
];

/** {@link RunRecord}'s lists of a training with these results. @param kept what else it keeps for its resumption */
export const trainingFiles = (results: readonly string[], kept: readonly string[] = []) => {
  const state = ["metrics.jsonl", "checkpoints/"];
  const weights = results.filter((name) => name.endsWith(".safetensors"));
  return {
    files: [...results, ...tokenizerFiles, "README.md", ...state, ...kept],
    work: [...weights, ...state],
    fresh: [...state, ...tokenizerFiles, ...kept],
  };
};

/**
 * The record of a folder; undefined where there is none.
 * @throws {UsageError} when its run.json is something else
 */
export async function readRunRecord(folder: string): Promise<RunRecord | undefined> {
  const path = join(folder, RUN_FILE);
  if (!existsSync(path)) return undefined;
  return readJson(path, recordSchema).catch((cause) => {
    throw new UsageError(
      `${folder} holds a ${RUN_FILE} that is no record of a run; take another --out`,
      { cause },
    );
  });
}

type Compared = Pick<RunRecord, "command" | "settings" | "data">;

/**
 * @param changeable settings that may differ
 * @throws {UsageError} when a run would go on with other settings or data, naming each with its old and its new value
 */
export function refuseDifferences(
  folder: string,
  old: Compared,
  fresh: Compared,
  changeable: readonly string[],
): void {
  const flat = ({ command, settings, data }: Compared) => {
    const compared = Object.entries(settings).filter(([name]) => !changeable.includes(name));
    return { command, ...Object.fromEntries(compared), data };
  };
  const differing = differences(flat(old), flat(JSON.parse(JSON.stringify(fresh))));
  if (differing.length > 0)
    throw new UsageError(
      `--resume: the run in ${folder} was begun otherwise: ${differing.join("; ")}. Give what it was begun with, or take another --out`,
    );
}
