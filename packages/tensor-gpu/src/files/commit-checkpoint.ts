import { disk, fileNameOf, folderOf, type StagedFile, syncFolder } from "@deepgrain/support/files";
import { fileError, nodeFiles } from "./node-modules";

/** The complete files of a checkpoint before they are renamed. */
export interface StagedCheckpoint {
  /** Path of the checkpoint's single file, from which the names of shards and index derive. */
  readonly path: string;
  /** Paths of the tensor files, in order. */
  readonly files: readonly string[];
  /** Path of the index; undefined for a single file. */
  readonly index: string | undefined;
  /** The staged tensor files, then the index. */
  readonly staged: readonly StagedFile[];
}

/**
 * Replaces an earlier checkpoint, then deletes the files left over from it. At every moment a loader finds either the
 * complete old checkpoint or the complete new one. The only exception: where new shards overwrite old ones of the
 * same names, the old index is deleted first, so that a loader finds no checkpoint rather than a mixture.
 */
export async function commitCheckpoint({
  path,
  files,
  index,
  staged,
}: StagedCheckpoint): Promise<void> {
  const remove = (file: string) =>
    disk.rm(file).catch((cause) => {
      throw fileError("delete", file, cause);
    });
  const earlier = await existingShards(path);
  if (index !== undefined && files.some((file) => earlier.includes(file))) await remove(index);
  for (const file of staged) await file.commit();
  await syncFolder(folderOf(path));
  await remove(index === undefined ? `${path}.index.json` : path);
  for (const shard of earlier) if (!files.includes(shard)) await remove(shard);
}

/** Path of shard `index` (from 0) of `count`: `model-00001-of-00002.safetensors` for `model.safetensors`. */
export function shardPath(path: string, index: number, count: number): string {
  const number = (n: number) => String(n).padStart(5, "0");
  return `${stemOf(path)}-${number(index + 1)}-of-${number(count)}.safetensors`;
}

const stemOf = (path: string): string => path.replace(/\.safetensors$/, "");

async function existingShards(path: string): Promise<string[]> {
  const { readdir } = await nodeFiles();
  const stem = fileNameOf(stemOf(path));
  const names = await readdir(folderOf(path)).catch((cause) => {
    throw fileError("list", folderOf(path), cause);
  });
  return names
    .filter((name) => name.startsWith(stem) && isShardEnding(name.slice(stem.length)))
    .map((name) => stemOf(path) + name.slice(stem.length));
}

const isShardEnding = (ending: string): boolean => /^-\d{5}-of-\d{5}\.safetensors$/.test(ending);
