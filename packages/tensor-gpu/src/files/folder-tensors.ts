import {
  assertFolder,
  FilesError,
  type Folder,
  fileIn,
  filesIn,
  inFolder,
  isAddress,
  makeFolder,
  nameOfFolder,
  saveFiles,
} from "@deepgrain/support/files";
import { assertKind, optionsOf, refuseUnknown, TensorError } from "../errors";
import { shardPath } from "./commit-checkpoint";
import type { NamedTensors } from "./named-tensors";
import { asTensorError, nodeFiles } from "./node-modules";
import { openCheckpoint } from "./open-checkpoint";
import { openSafetensors } from "./open-safetensors";
import type { SourceOptions } from "./open-source";
import { assertTensorList, planTensors, type TensorToWrite } from "./plan-tensors";
import type { TensorFile } from "./tensor-file";
import {
  fileChunks,
  indexBytes,
  sizeOf,
  splitIntoShards,
  type WriteSafetensorsOptions,
  type WrittenSafetensors,
  writeSafetensors,
} from "./write-safetensors";

export type { Folder } from "@deepgrain/support/files";

/** The error of this package for one about a folder; that of a folder in use stays as it is, as for paths. */
function rethrow(error: unknown): never {
  if (!FilesError.isInstance(error) || error.code === "ERR_LOCKED") throw error;
  if (error.fields.action !== undefined) throw asTensorError(error);
  const { message, fields } = error;
  throw new TensorError("ERR_IO", `tensor-gpu/${message}`, { fields, cause: error });
}

/** Files that belong to one checkpoint: the single file, its shards or its index. */
function isPartOf(name: string, file: string): boolean {
  const stem = name.replace(/\.safetensors$/, "");
  if (!file.startsWith(stem)) return false;
  return /^(-\d{5}-of-\d{5})?\.safetensors(\.index\.json)?$/.test(file.slice(stem.length));
}

/**
 * Writes tensors into a folder of any kind as a safetensors file, or as shards with an index, and further files with them.
 * In a handle and a Map all appear or none; at a path the tensors come first and the further files last, each whole.
 *
 * @param folder path (Node), directory handle or Map; made when a path is missing
 * @param name of the file; with shards `model.safetensors` stands for `model-00001-of-00002.safetensors` and so on
 * @param options.files texts by name that belong to the tensors, such as a configuration
 * @throws {TensorError} as `writeSafetensors`; `ERR_IO` for an address, saying what to give instead
 */
export async function saveTensors(
  folder: Folder,
  name: string,
  tensors: NamedTensors | Iterable<TensorToWrite>,
  options: WriteSafetensorsOptions & { files?: ReadonlyMap<string, string> | undefined } = {},
): Promise<WrittenSafetensors> {
  const {
    files = new Map<string, string>(),
    dtype = "F32",
    metadata,
    maxShardSizeBytes = Infinity,
    signal,
    ...rest
  } = optionsOf("saveTensors", options);
  refuseUnknown("saveTensors", rest);
  assertKind(typeof name === "string", "saveTensors", "name must be a text", name);
  assertTensorList("saveTensors", tensors);
  if (typeof folder === "string" && !isAddress(folder)) {
    await nodeFiles().catch((cause) => {
      const message =
        "tensor-gpu/files: paths need Node; give a FileSystemDirectoryHandle or a Map of Blobs by name";
      throw new TensorError("ERR_IO", message, { cause });
    });
    await makeFolder(folder).catch(rethrow);
    const written = await writeSafetensors(inFolder(folder, name), tensors, {
      dtype,
      metadata,
      maxShardSizeBytes,
      signal,
    });
    await saveFiles(folder, files).catch(rethrow);
    return written;
  }
  const shards = splitIntoShards(planTensors(tensors, dtype), maxShardSizeBytes);
  const isSharded = shards.length > 1;
  const names = isSharded ? shards.map((_, i) => shardPath(name, i, shards.length)) : [name];
  const index = isSharded ? `${name}.index.json` : undefined;
  const content = new Map<string, Blob | string>();
  try {
    if (typeof folder === "string") await saveFiles(folder, content); // refuses an address
    for (const [i, shard] of shards.entries()) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of fileChunks(shard, metadata, signal)) chunks.push(chunk.slice());
      content.set(names[i]!, new Blob(chunks as Uint8Array<ArrayBuffer>[]));
    }
    if (index !== undefined)
      content.set(index, new Blob([indexBytes(shards, names) as Uint8Array<ArrayBuffer>]));
    for (const [file, text] of files) content.set(file, text);
    const before = Object.keys(await filesIn(folder as Exclude<Folder, string>));
    const removed = before.filter((file) => isPartOf(name, file) && !content.has(file));
    signal?.throwIfAborted();
    await saveFiles(folder, content, { removed });
  } catch (error) {
    rethrow(error);
  }
  return { files: names, index, dataBytes: sizeOf(shards.flat()) };
}

function sourceOptions(where: string, options: SourceOptions): SourceOptions {
  const { fetch, signal, ...rest } = optionsOf(where, options);
  refuseUnknown(where, rest);
  return { fetch, signal };
}

/**
 * Opens the checkpoint in a folder of any kind, as `openCheckpoint` opens that of a path.
 * @throws {TensorError} as `openCheckpoint`
 */
export async function openFolder(folder: Folder, options: SourceOptions = {}): Promise<TensorFile> {
  const reading = sourceOptions("openFolder", options);
  try {
    assertFolder(folder);
    if (typeof folder === "string") return await openCheckpoint(folder, reading);
    return await openCheckpoint(await filesIn(folder), reading);
  } catch (error) {
    rethrow(error);
  }
}

/** Opens one safetensors file of a folder of any kind. @throws {TensorError} `ERR_IO` if it is missing; as `openSafetensors` */
export async function openInFolder(
  folder: Folder,
  name: string,
  options: SourceOptions = {},
): Promise<TensorFile> {
  const reading = sourceOptions("openInFolder", options);
  const source = await fileIn(folder, name).catch(rethrow);
  if (source !== undefined) return openSafetensors(source, reading);
  throw new TensorError(
    "ERR_IO",
    `tensor-gpu/files: there is no ${name} in ${nameOfFolder(folder)}`,
    {
      fields: { isMissing: true, name },
    },
  );
}
