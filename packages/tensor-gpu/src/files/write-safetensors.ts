import { fileNameOf, type StagedFile, stageFile } from "@deepgrain/support/files";
import { assertKind, optionsOf, refuseUnknown, TensorError } from "../errors";
import { commitCheckpoint, shardPath } from "./commit-checkpoint";
import { encodeElements } from "./encode-elements";
import { encodeHeader, inFileOrder } from "./encode-header";
import type { NamedTensors } from "./named-tensors";
import { asTensorError, nodeFiles } from "./node-modules";
import {
  assertTensorList,
  checkLength,
  type EncodeOptions,
  type PlannedTensor,
  planTensors,
  type TensorToWrite,
} from "./plan-tensors";
import { encodeIndex } from "./safetensors-index";

/** Options of `writeSafetensors`. */
export interface WriteSafetensorsOptions extends EncodeOptions {
  /** Largest data size of one file, in bytes; larger checkpoints are split into numbered shards. Default: one file. */
  maxShardSizeBytes?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** The result of `writeSafetensors`. */
export interface WrittenSafetensors {
  /** Paths of the files with tensors, in order. */
  readonly files: readonly string[];
  /** Path of the index, if there is more than one file. */
  readonly index: string | undefined;
  /** Bytes of tensor data in all files. */
  readonly dataBytes: number;
}

/**
 * Writes tensors as a safetensors file, or as numbered shards with an index (Node). Tensors are written one at a
 * time; lazy ones are evaluated when they are written. A file is renamed to its final name only when it is complete
 * and on disk, so a crash leaves the old one. Shards are renamed together at the end, the index last; a crash between
 * these renames leaves no index rather than a mixture of old and new shards. Finally, obsolete shards, index or
 * single file of an earlier write under the same `path` are deleted.
 *
 * @param path file to write; with shards `model.safetensors` stands for `model-00001-of-00002.safetensors` and so on
 * @param tensors by name, or a list of `{ name, shape, data }` where `data` may be a function that returns it or a
 *   promise of it
 * @param options.dtype stored type of float32 tensors, default "F32"
 * @param options.metadata text by key, in addition to `format: "pt"`
 * @param options.maxShardSizeBytes largest data size of a file; a larger tensor gets a file of its own
 * @returns paths and size
 * @throws {TensorError} `ERR_IO` when writing fails, `ERR_FORMAT` for repeated or reserved names,
 *   `ERR_SHAPE` when a length does not fit its shape, `ERR_DTYPE` when an array cannot be stored as asked,
 *   `ERR_RANGE` when a number overflows the type or the shard size is not positive
 */
export async function writeSafetensors(
  path: string,
  tensors: NamedTensors | Iterable<TensorToWrite>,
  options: WriteSafetensorsOptions = {},
): Promise<WrittenSafetensors> {
  const {
    dtype = "F32",
    metadata,
    maxShardSizeBytes = Infinity,
    signal,
    ...rest
  } = optionsOf("writeSafetensors", options);
  refuseUnknown("writeSafetensors", rest);
  assertKind(typeof path === "string", "writeSafetensors", "path must be a text", path);
  assertTensorList("writeSafetensors", tensors);
  const shards = splitIntoShards(planTensors(tensors, dtype), maxShardSizeBytes);
  const isSharded = shards.length > 1;
  const files = isSharded ? shards.map((_, i) => shardPath(path, i, shards.length)) : [path];
  const index = isSharded ? `${path}.index.json` : undefined;
  const staged: StagedFile[] = [];
  await nodeFiles(); // Throws an error with advice where there are no paths.
  try {
    for (const [i, shard] of shards.entries())
      staged.push(await stageFile(files[i]!, fileChunks(shard, metadata, signal)));
    if (index !== undefined) staged.push(await stageFile(index, [indexBytes(shards, files)]));
    signal?.throwIfAborted();
    await commitCheckpoint({ path, files, index, staged });
  } catch (error) {
    for (const file of staged) await file.discard().catch(() => undefined);
    throw asTensorError(error);
  }
  return { files, index, dataBytes: sizeOf(shards.flat()) };
}

/** Bytes of the data of tensors. */
export const sizeOf = (tensors: readonly PlannedTensor[]): number =>
  tensors.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);

/** Fills shards in the given order; a new one begins where the next tensor would exceed the limit. */
export function splitIntoShards(
  tensors: readonly PlannedTensor[],
  maxShardSizeBytes: number,
): PlannedTensor[][] {
  if (!(maxShardSizeBytes > 0)) {
    const message = `tensor-gpu/writeSafetensors: maxShardSizeBytes must be positive, got ${maxShardSizeBytes}`;
    throw new TensorError("ERR_RANGE", message, { fields: { maxShardSizeBytes } });
  }
  const shards: PlannedTensor[][] = [[]];
  let shardBytes = 0;
  for (const tensor of tensors) {
    if (shardBytes > 0 && shardBytes + tensor.sizeBytes > maxShardSizeBytes) {
      shards.push([]);
      shardBytes = 0;
    }
    shards.at(-1)!.push(tensor);
    shardBytes += tensor.sizeBytes;
  }
  return shards;
}

/** The bytes of a file; lazy tensors are evaluated one at a time. */
export async function* fileChunks(
  shard: readonly PlannedTensor[],
  metadata: Readonly<Record<string, string>> | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const tensors = inFileOrder(shard);
  yield encodeHeader(tensors, metadata);
  for (const { name, shape, dtype, data: given } of tensors) {
    const data = typeof given === "function" ? await given() : given;
    checkLength(name, shape, data);
    for (const bytes of encodeElements(name, dtype, data)) {
      signal?.throwIfAborted();
      yield bytes;
    }
  }
}

/** The index of shards. @param files their paths or names */
export function indexBytes(
  shards: readonly PlannedTensor[][],
  files: readonly string[],
): Uint8Array {
  const weightMap = new Map(
    shards.flatMap((shard, i) => shard.map(({ name }) => [name, fileNameOf(files[i]!)] as const)),
  );
  return new TextEncoder().encode(encodeIndex(weightMap, sizeOf(shards.flat())));
}
