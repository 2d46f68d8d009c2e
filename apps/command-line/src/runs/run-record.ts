import { existsSync } from "node:fs";
import { join } from "node:path";
import { readJson } from "@deepgrain/studies/shared/read-json";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { z } from "zod";
import { kebabCase } from "../flags/kebab-case";
import { differences } from "./differences";

/** Name of the record in the folder of a run. */
export const RUN_FILE = "run.json";

const fields = z.record(z.string(), z.unknown());
const names = z.array(z.string());

const recordSchema = z.strictObject({
  version: z.literal(3),
  command: z.string(),
  /** The flags of the call, from which `--resume` takes those that are not given. */
  flags: fields,
  /** Settings that decide the result. */
  settings: fields,
  /** Threads of the engine in the last call; absent where it computes nothing. */
  threads: z.int().min(1).optional(),
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

/** Settings that may be others when a run goes on, and one that may only grow. */
const CHANGEABLE = ["checkpointEvery", "evaluateEvery"];
const GROWING = "steps";

/**
 * @param changeable further settings that may differ
 * @param flagNames names of the command's flags, which are spelled as they are typed
 * @throws {UsageError} when a run would go on with other settings or data, naming each with its old and its new value
 */
export function refuseDifferences(
  folder: string,
  old: Compared,
  fresh: Compared,
  { changeable, flagNames }: { changeable: readonly string[]; flagNames: readonly string[] },
): void {
  const now = JSON.parse(JSON.stringify(fresh)) as Compared;
  const [before, after] = [old, now].map(({ settings }) => Number(settings[GROWING]));
  const isGrown = after! >= before!;
  const free = [...CHANGEABLE, ...changeable, ...(isGrown ? [GROWING] : [])];
  const spelled = (name: string) => (flagNames.includes(name) ? `--${kebabCase(name)}` : name);
  const flat = ({ command, settings, data }: Compared) => {
    const compared = Object.entries(settings).filter(([name]) => !free.includes(name));
    const named = compared.map(([name, value]) => [spelled(name), value] as const);
    return { command, ...Object.fromEntries(named), data };
  };
  const differing = differences(flat(old), flat(now));
  if (differing.length === 0) return;
  const hint = after! < before! ? " (--steps can only grow)" : "";
  throw new UsageError(
    `--resume: the run in ${folder} was begun otherwise: ${differing.join("; ")}${hint}. Give what it was begun with, or nothing but --resume, or take another --out`,
  );
}
