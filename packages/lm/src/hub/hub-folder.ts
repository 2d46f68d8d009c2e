import {
  assertWritable,
  type Folder,
  fileIn,
  fileNameOf,
  nameOfFolder,
} from "@deepgrain/support/files";
import { fail, LmError, oneOf, optionsOf, refuseUnknown } from "../errors";
import { partNames } from "../gguf/gguf-files";
import { rethrow } from "../text-files";
import { downloadFile } from "./download-file";
import { folderCache } from "./folder-cache";
import { filesOfModel, modelOfType } from "./gguf-choice";
import { type HeldModel, heldModel } from "./held-model";
import type { HubCache } from "./hub-cache";
import { type HubAccess, hubFetch, isUnreachable } from "./hub-fetch";
import { type HubOptions, type HubSettings, hubSettings } from "./hub-settings";
import { type HubSource, parseHubSource } from "./hub-source";
import { listRepository, type RemoteFile } from "./list-repository";
import { type HubPart, hubParts, poolingFolder, wantedFiles } from "./wanted-files";

/** Options of {@link hubFolder}. */
export interface HubFolderOptions extends HubOptions {
  /** The parts that are needed: `"config"`, `"model"` (with its configuration), `"tokenizer"`, `"adapter"`. Default: all but adapters. */
  parts?: readonly HubPart[] | undefined;
  /** Sends requests. Default: the global function. */
  fetch?: typeof globalThis.fetch | undefined;
  signal?: AbortSignal | undefined;
}

type Fetching = Pick<HubAccess, "fetch" | "signal" | "wait"> & Pick<HubOptions, "onProgress">;

const folderPart = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf("/")));

const addressOf = (endpoint: string, { repository }: HubSource, commit: string, path: string) =>
  `${endpoint}/${repository}/resolve/${commit}/${path.split("/").map(encodeURIComponent).join("/")}`;

/** The downloads under way of each cache; they follow each other, so that two of one repository do the work once. */
const waiting = new Map<Folder, Promise<unknown>>();

async function inTurn<T>(cache: Folder, work: () => Promise<T>): Promise<T> {
  const before = waiting.get(cache);
  const result = before === undefined ? work() : before.then(work, work);
  waiting.set(cache, result);
  try {
    return await result;
  } finally {
    if (waiting.get(cache) === result) waiting.delete(cache);
  }
}

/** @throws {LmError} `ERR_MISSING` for what is not in the cache */
async function cachedModel(
  source: HubSource,
  parts: readonly HubPart[],
  cache: HubCache,
  place: Folder,
): Promise<HeldModel> {
  const { repository, revision, file, type } = source;
  const held = await heldModel(source, parts, cache);
  if (held !== undefined) return held;
  const isWhole = file === undefined && type === undefined;
  const folder = isWhole ? await cache.cached() : undefined;
  if (folder !== undefined) return { folder, file }; // the loaders say what is missing
  const of = file ?? (type === undefined ? undefined : `the GGUF file of type ${type}`);
  const what = `${of === undefined ? "" : `${of} of `}${repository}@${revision}`;
  return fail(
    "ERR_MISSING",
    `lm/hub: ${what} is not in ${nameOfFolder(place)}, and HF_HUB_OFFLINE or offline forbids to download it`,
    { repository, revision },
  );
}

type Listing = Parameters<typeof listRepository>[2];

/** The repository's list with the file that is meant, and the names of all files that are wanted. */
async function listModel(source: HubSource, parts: readonly HubPart[], asking: Listing) {
  const { repository, file: single, type } = source;
  if (single === undefined && type === undefined) {
    const found = await listRepository(source, "", asking);
    const pinned = { ...source, revision: found.commit };
    const hasPooling = parts.includes("model") && found.files.has("modules.json");
    const pooling = hasPooling
      ? await listRepository(pinned, poolingFolder, asking).catch(unlessMissing)
      : undefined;
    const files = new Map([...found.files, ...(pooling?.files ?? [])]);
    const names = wantedFiles(repository, [...files.keys()], parts);
    return { found: { ...found, files }, names, file: undefined };
  }
  const near =
    single === undefined
      ? undefined
      : await listRepository(source, folderPart(single), asking).catch(unlessMissing);
  // All folders: for a type, and for the list of those that there are.
  const found = near?.files.has(single!) ? near : await listRepository(source, undefined, asking);
  const file = single ?? modelOfType(source, type!, found.files.keys());
  return { found, names: filesOfModel(source, file, found.files.keys()), file };
}

async function downloaded(
  source: HubSource,
  parts: readonly HubPart[],
  cache: HubCache,
  { endpoint, token, budget }: HubSettings,
  { onProgress, ...fetching }: Fetching,
): Promise<HeldModel> {
  const { repository, revision } = source;
  const access = { what: `${repository}@${revision}`, endpoint, token, ...fetching };
  const held = await heldModel(source, parts, cache);
  // Whoever has the files waits for no network.
  const fetch = hubFetch(held === undefined ? access : { ...access, mostConnects: 1 });
  const { signal } = fetching;
  const asking = { endpoint, fetch, budget, signal };
  const listing = await listModel(source, parts, asking).catch((error) => {
    if (held !== undefined && isUnreachable(error)) return undefined;
    throw error;
  });
  if (listing === undefined) return held!;
  const { found, names, file } = listing;
  const files = names.map((name) => found.files.get(name)!);
  const totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let before = 0;
  for (const file of files) {
    await fetchInto(cache, file, {
      address: addressOf(endpoint, source, found.commit, file.path),
      onBytes: (bytes) => onProgress?.({ file: file.path, bytes: before + bytes, totalBytes }),
      access,
    });
    before += file.sizeBytes;
  }
  return { folder: await cache.snapshot(found, files), file };
}

/** Undefined for a folder that does not exist. */
function unlessMissing(error: unknown): undefined {
  if (!LmError.isInstance(error) || error.fields.isMissing !== true) throw error;
}

async function fetchInto(
  cache: HubCache,
  file: RemoteFile,
  { access, ...rest }: { address: string; onBytes(bytes: number): void; access: HubAccess },
): Promise<void> {
  if (await cache.has(file)) return;
  const partial = await cache.open(file);
  try {
    if (!(await cache.has(file))) await downloadFile({ ...rest, file, partial }, access);
  } finally {
    await partial.close();
  }
}

/** One GGUF file of a folder: its path, or a Map of it and its other parts, without the folders of their names. */
async function ownFiles(folder: Folder, file: string): Promise<Folder> {
  if (typeof folder === "string") return `${folder}/${file}`;
  const found = await Promise.all(
    partNames(file).map(async (path) => [fileNameOf(path), await fileIn(folder, path)] as const),
  );
  return new Map(found.filter((entry): entry is [string, Blob] => entry[1] instanceof Blob));
}

async function openCache(cache: Folder, source: HubSource): Promise<HubCache> {
  if (typeof cache !== "string") return folderCache(cache, source);
  const { pathCache } = await import("./path-cache");
  return pathCache(cache, source);
}

/** {@link hubFolder} after its options were checked. */
export async function fetchHubFolder(
  source: HubSource,
  parts: readonly HubPart[],
  settings: HubSettings,
  fetching: Fetching,
): Promise<Folder> {
  const { cache: place, isOffline } = settings;
  return inTurn(place, async () => {
    const cache = await openCache(assertWritable(place), source);
    const { folder, file } = isOffline
      ? await cachedModel(source, parts, cache, place)
      : await downloaded(source, parts, cache, settings, fetching);
    return file === undefined ? folder : ownFiles(folder, file);
  }).catch(rethrow);
}

/**
 * The folder of a model of the Hugging Face hub, downloaded unless the cache has it: for every function that takes a folder.
 * A revision resolves to a commit, by which files are kept; downloads go on where they were cut, and are compared with the
 * hub's sizes and hashes. Files that the cache had are compared by size. Where the hub cannot be reached, what the cache has
 * of the revision is returned if the parts are there.
 *
 * @param source `hf:owner/name`, `hf:owner/name@revision`, `hf:owner/name/file.gguf` (of a file in parts any one), `hf:owner/name:Q4_K_M` for its one
 *   GGUF file of a type, or the address of a page of the hub
 * @returns a path for a cache at a path (of the file, for a GGUF file), a Map of Blobs for a handle or a Map
 * @throws {LmError} `ERR_ARGUMENT` for a name or revision that cannot be one; `ERR_IO` saying what the hub answered;
 *   `ERR_FORMAT` for another size or hash, or a list of another form; `ERR_LIMIT` for a list beyond its budget; `ERR_MISSING`
 *   for a repository without the files, with the list of those that there are, and for one that is not in the cache while offline
 */
export async function hubFolder(source: string, options: HubFolderOptions = {}): Promise<Folder> {
  const {
    parts = ["model", "tokenizer"],
    fetch,
    signal,
    ...others
  } = optionsOf("hubFolder", options);
  const { token, endpoint, cache, offline, budget, onProgress, ...rest } = others;
  refuseUnknown("hubFolder", rest);
  if (typeof source !== "string")
    throw new LmError("ERR_ARGUMENT", "lm/hub: a source must be text such as hf:owner/name");
  for (const part of parts) oneOf("hubFolder", "parts", part, hubParts);
  const settings = hubSettings({ token, endpoint, cache, offline, budget });
  return fetchHubFolder(parseHubSource(source), parts, settings, { fetch, signal, onProgress });
}
