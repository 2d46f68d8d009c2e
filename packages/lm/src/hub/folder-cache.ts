/**
 * @file The cache in a directory handle or a Map: `blob-<hash>`, `partial-<hash>`, and for each commit and each revision of a
 * repository a list of its files.
 */
import { type Folder, fileIn, saveFiles } from "@deepgrain/support/files";
import type { HubCache, PartialFile } from "./hub-cache";
import type { HubSource } from "./hub-source";
import type { RemoteFile } from "./list-repository";

/** Bytes that are gathered before they become a Blob, which the browser may keep on disk. */
const pieceBytes = 1 << 23;

type Cache = Exclude<Folder, string>;

const blobName = ({ hash }: RemoteFile) => `blob-${hash}`;
const partialName = ({ hash }: RemoteFile) => `partial-${hash}`;

const contentOf = async (cache: Cache, name: string) =>
  (await fileIn(cache, name)) as Blob | undefined;

async function openPartial(cache: Cache, file: RemoteFile): Promise<PartialFile> {
  const name = partialName(file);
  const before = await contentOf(cache, name);
  let blobs: Blob[] = before ? [before] : [];
  let pending: Uint8Array<ArrayBuffer>[] = [];
  let pendingBytes = 0;
  let size = before?.size ?? 0;
  let isOpen = true;
  const gather = () => {
    if (pending.length > 0) blobs.push(new Blob(pending));
    pending = [];
    pendingBytes = 0;
  };
  return {
    get sizeBytes() {
      return size;
    },
    async *bytes() {
      gather();
      for (const blob of blobs)
        for (let at = 0; at < blob.size; at += pieceBytes)
          yield new Uint8Array(await blob.slice(at, at + pieceBytes).arrayBuffer());
    },
    async append(bytes) {
      pending.push(bytes.slice());
      pendingBytes += bytes.length;
      size += bytes.length;
      if (pendingBytes >= pieceBytes) gather();
    },
    async clear() {
      [blobs, pending, pendingBytes, size] = [[], [], 0, 0];
    },
    async commit() {
      gather();
      isOpen = false;
      await saveFiles(cache, new Map([[blobName(file), new Blob(blobs)]]), { removed: [name] });
    },
    async close() {
      if (!isOpen) return;
      isOpen = false;
      gather();
      const left = new Map(size > 0 ? [[name, new Blob(blobs)]] : []);
      const removed = size > 0 || !before ? [] : [name];
      if (left.size + removed.length > 0) await saveFiles(cache, left, { removed });
    },
  };
}

/** The hash of each file in a stored list; none for one that is damaged, which is written again. */
function listIn(text: string): Record<string, string> {
  try {
    const entries = Object.entries(Object(JSON.parse(text)));
    return Object.fromEntries(
      entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    );
  } catch {
    return {};
  }
}

/** @param cache a folder of its own */
export function folderCache(cache: Cache, { repository, revision }: HubSource): HubCache {
  const listName = (of: string) =>
    `models--${repository.replace("/", "--")}--${encodeURIComponent(of)}.json`;
  const readList = async (of: string): Promise<Record<string, string>> =>
    listIn((await (await contentOf(cache, listName(of)))?.text()) ?? "");
  const folderOf = async (list: Readonly<Record<string, string>>): Promise<Folder> => {
    const folder = new Map<string, Blob>();
    for (const [path, hash] of Object.entries(list)) {
      const content = await contentOf(cache, `blob-${hash}`);
      if (content) folder.set(path, content);
    }
    return folder;
  };
  return {
    has: async (file) => (await contentOf(cache, blobName(file)))?.size === file.sizeBytes,
    open: (file) => openPartial(cache, file),
    async snapshot({ commit }, files) {
      const list = { ...(await readList(commit)) };
      for (const { path, hash } of files) list[path] = hash;
      const text = JSON.stringify(list);
      await saveFiles(cache, new Map([commit, revision].map((of) => [listName(of), text])));
      return folderOf(list);
    },
    async cached() {
      const list = await readList(revision);
      return Object.keys(list).length === 0 ? undefined : folderOf(list);
    },
  };
}
