/** @file How a publisher makes one vector of a text, as the files of sentence-transformers say. */
import { type Folder, subfolder } from "@deepgrain/support/files";
import { fail, LmError } from "../errors";
import { nameOfFolder, readJsonFile, readTextFile } from "../text-files";
import type { FolderOptions } from "./model-folder";

/** The tokens that become a text's vector: the mean of all, the first or the last one. */
export type Pooling = "mean" | "cls" | "last";

/** How vectors of texts are made. */
export interface EmbeddingSettings {
  pooling: Pooling;
  /** Whether vectors are scaled to length 1. */
  normalize: boolean;
  /** Tokens of a text that are read, special ones included; null: as many as the model takes. */
  maxLength: number | null;
}

/** One of the modules that follow each other. */
interface Module {
  kind: string;
  path: string;
}

const mostModules = 32;

type Reading = Parameters<typeof readJsonFile>[2];

function checkedModules(json: unknown, place: string): Module[] {
  const isOne = (one: unknown): one is { type: string; path: string } => {
    const { type, path } = (one ?? {}) as { type?: unknown; path?: unknown };
    return typeof type === "string" && typeof path === "string" && /^(\w[\w.-]{0,99})?$/.test(path);
  };
  if (Array.isArray(json) && json.length <= mostModules && json.every(isOne))
    return json.map(({ type, path }) => ({ kind: type.split(".").at(-1)!, path }));
  return fail(
    "ERR_FORMAT",
    `lm/files: modules.json in ${place} must be a list of at most ${mostModules} modules, each with type and path`,
  );
}

async function readModules(folder: Folder, reading: Reading): Promise<Module[] | undefined> {
  const text = await readTextFile(folder, "modules.json", reading);
  if (text === undefined) return undefined;
  const place = nameOfFolder(folder);
  try {
    return checkedModules(JSON.parse(text), place);
  } catch (cause) {
    if (LmError.isInstance(cause)) throw cause;
    const { damagedJson } = await import("../damaged-json");
    throw damagedJson("modules.json", text, { fields: { folder: place }, cause });
  }
}

/** The modes of a pooling file, and the pooling that each is here. */
const modes: Readonly<Record<string, Pooling>> = {
  pooling_mode_cls_token: "cls",
  pooling_mode_mean_tokens: "mean",
  pooling_mode_lasttoken: "last",
};

async function readPooling(folder: Folder, path: string, reading: Reading): Promise<Pooling> {
  const file = `${path}/config.json`;
  const json = await readJsonFile(await subfolder(folder, path), "config.json", reading);
  if (json === undefined)
    return fail(
      "ERR_MISSING",
      `lm/files: there is no ${file} in ${nameOfFolder(folder)}, which modules.json names; give pooling to embedTexts and leave modules.json out`,
      { name: file },
    );
  const given = Object.keys(json).filter((key) => /^pooling_mode_/.test(key) && json[key] === true);
  const [mode = "none"] = given;
  if (given.length === 1 && Object.hasOwn(modes, mode)) return modes[mode]!;
  return fail(
    "ERR_CONFIG",
    `lm/files: ${file} must ask for one of ${Object.keys(modes).join(", ")}, got ${given.slice(0, 5).join(", ") || "none"}`,
    { name: file, modes: given },
  );
}

async function readLongest(folder: Folder, reading: Reading): Promise<number | null> {
  const json = await readJsonFile(folder, "sentence_bert_config.json", reading);
  const longest = json?.max_seq_length;
  return Number.isSafeInteger(longest) && (longest as number) >= 3 ? (longest as number) : null;
}

/**
 * The settings that modules.json and the pooling file of a folder hold; null without modules.json.
 *
 * @throws {LmError} `ERR_CONFIG` naming a module that is not supported, such as `Dense`, or a pooling that is none of
 *   mean, first and last token; `ERR_MISSING` without the pooling file; `ERR_FORMAT`
 */
export async function readEmbeddingSettings(
  folder: Folder,
  reading: Pick<FolderOptions, "fetch"> & Reading,
): Promise<EmbeddingSettings | null> {
  const modules = await readModules(folder, reading);
  if (modules === undefined) return null;
  const other = modules.find(({ kind }) => !["Transformer", "Pooling", "Normalize"].includes(kind));
  if (other)
    fail(
      "ERR_CONFIG",
      `lm/files: modules.json in ${nameOfFolder(folder)} must have no module beside Transformer, Pooling and Normalize, got ${other.kind.slice(0, 80)} (${other.path})`,
      { kind: other.kind, path: other.path },
    );
  const pooling = modules.find(({ kind }) => kind === "Pooling");
  if (!pooling)
    return fail("ERR_CONFIG", "lm/files: modules.json must have a module Pooling, got none");
  return {
    pooling: await readPooling(folder, pooling.path, reading),
    normalize: modules.some(({ kind }) => kind === "Normalize"),
    maxLength: await readLongest(folder, reading),
  };
}
