import { assertKind, optionsOf, refuseUnknown, TensorError } from "../errors";
import { type CheckpointFolder, checkpointLayout } from "./checkpoint-layout";
import { type OpenPlaces, openPlaces } from "./open-safetensors";
import { openSource, type Source, type SourceOptions } from "./open-source";
import { readIndex, type WeightMap } from "./safetensors-index";
import { type TensorFile, type TensorPlace, tensorFile } from "./tensor-file";

/** Options of `openCheckpoint`. */
export interface OpenCheckpointOptions extends SourceOptions {
  /**
   * Whether to refuse shards with tensors that the index does not list; default true. If false, such tensors are left out.
   */
  strict?: boolean | undefined;
}

/**
 * Opens a checkpoint in one or several safetensors files as one. In a folder `model.safetensors` takes precedence
 * over `model.safetensors.index.json`. All headers are read and compared with the index; data is read on request.
 *
 * @param checkpoint path or address of a folder, a `.safetensors` or an `.index.json` file; sources by file name;
 *   or a list of sources that together hold all tensors
 * @param options.strict refuse tensors that the index does not list, default true
 * @returns the open files as one; call `close()` when done
 * @throws {TensorError} `ERR_IO` when a file is missing or cannot be read; `ERR_FORMAT` when a file or the index
 *   is malformed, when a shard lacks a tensor that the index expects in it, or two shards hold the same name
 */
export async function openCheckpoint(
  checkpoint: CheckpointFolder | readonly Source[],
  options: OpenCheckpointOptions = {},
): Promise<TensorFile> {
  const { strict = true, fetch, signal, ...rest } = optionsOf("openCheckpoint", options);
  refuseUnknown("openCheckpoint", rest);
  const isPlace = typeof checkpoint === "string" || checkpoint === Object(checkpoint);
  assertKind(
    isPlace,
    "openCheckpoint",
    "checkpoint must be a path, an address or sources by name",
    checkpoint,
  );
  const reading = { fetch, signal };
  if (isList(checkpoint)) return openList(checkpoint, reading);
  const { where, locate, single, index } = checkpointLayout(checkpoint);
  const whole = single && (await ifPresent(locate(single), (s) => openPlaces(s, reading)));
  if (whole) return tensorFile(whole.places, whole.metadata, [whole.bytes]);
  const indexBytes = index && (await ifPresent(locate(index), (s) => openSource(s, reading)));
  if (indexBytes) return openShards(await readIndex(indexBytes, signal), locate, reading, strict);
  const wanted = [single, index].filter((name) => name !== undefined).join(" or ");
  throw missing(`${wanted} must be in ${where}`);
}

const isList = (checkpoint: unknown): checkpoint is readonly Source[] => Array.isArray(checkpoint);

const missing = (problem: string) =>
  new TensorError("ERR_IO", `tensor-gpu/openCheckpoint: ${problem}`, {
    fields: { isMissing: true },
  });

async function ifPresent<T>(
  source: Source | undefined,
  open: (source: Source) => Promise<T>,
): Promise<T | undefined> {
  if (source === undefined) return undefined;
  try {
    return await open(source);
  } catch (error) {
    if (TensorError.isInstance(error) && error.fields.isMissing === true) return undefined;
    throw error;
  }
}

/** Opens all or none: when one fails, those already opened are closed. */
async function openAll(sources: readonly Source[], options: SourceOptions): Promise<OpenPlaces[]> {
  const results = await Promise.allSettled(sources.map((source) => openPlaces(source, options)));
  const opened = results.flatMap((r) => (r.status === "fulfilled" ? [r.value] : []));
  const failure = results.find((result) => result.status === "rejected");
  if (failure === undefined) return opened;
  await closeAll(opened);
  throw failure.reason;
}

async function closeAll(opened: readonly OpenPlaces[]): Promise<void> {
  for (const { bytes } of opened) await bytes.close?.();
}

/** One view of several files; `accept` decides for each tensor of each file whether it is included. */
async function merge(
  opened: readonly OpenPlaces[],
  accept: (name: string, file: number, isRepeated: boolean) => boolean,
): Promise<TensorFile> {
  try {
    const places = new Map<string, TensorPlace>();
    for (const [file, part] of opened.entries())
      for (const [name, place] of part.places)
        if (accept(name, file, places.has(name))) places.set(name, place);
    const metadata = Object.assign({}, ...opened.map((part) => part.metadata));
    return tensorFile(
      places,
      metadata,
      opened.map((part) => part.bytes),
    );
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

const mismatch = (problem: string, fields: Record<string, unknown>) =>
  new TensorError("ERR_FORMAT", `tensor-gpu/openCheckpoint: ${problem}`, { fields });

async function openList(sources: readonly Source[], options: SourceOptions): Promise<TensorFile> {
  return merge(await openAll(sources, options), (name, _, isRepeated) => {
    if (isRepeated) throw mismatch(`${name} must be in one source only`, { name });
    return true;
  });
}

async function openShards(
  weightMap: WeightMap,
  locate: (fileName: string) => Source | undefined,
  options: SourceOptions,
  strict: boolean,
): Promise<TensorFile> {
  const shards = [...new Set(weightMap.values())].sort();
  const sources = shards.map((shard) => {
    const source = locate(shard);
    if (source === undefined) throw missing(`the index names ${shard}, which must be there`);
    return source;
  });
  const opened = await openAll(sources, options);
  const file = await merge(opened, (name, i) => {
    const wanted = weightMap.get(name);
    if (wanted === shards[i]) return true;
    const place =
      wanted === undefined ? "the index lists it nowhere" : `the index puts it in ${wanted}`;
    if (strict) throw mismatch(`${shards[i]} must not hold ${name}: ${place}`, { name });
    return false;
  });
  for (const [name, shard] of weightMap) {
    if (file.has(name)) continue;
    await file.close();
    throw mismatch(`${shard} must hold ${name}, which the index puts there`, { name, shard });
  }
  return file;
}
