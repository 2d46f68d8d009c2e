/**
 * @file The cache in a folder of the file system, in the layout of Python's `huggingface_hub`, so that both find each
 * other's files: `models--owner--name` with `blobs/<hash>`, `snapshots/<commit>/<path>` (links to blobs) and
 * `refs/<revision>` (the commit).
 */
import {
  copyFile,
  disk,
  fileNameOf,
  folderOf,
  inFolder,
  ioError,
  makeFolder,
  nodeFiles,
  systemCode,
  writeFileAtomic,
} from "@deepgrain/support/files";
import { acquireLock } from "@deepgrain/support/files/lock";
import type { HubCache, PartialFile } from "./hub-cache";
import type { HubSource } from "./hub-source";
import type { RemoteFile } from "./list-repository";
import { isCommit } from "./names";

const pieceBytes = 1 << 22;

const sizeOf = (path: string): Promise<number | undefined> =>
  nodeFiles()
    .stat(path)
    .then(
      (found) => (found.isFile() ? found.size : undefined),
      () => undefined,
    );

async function openPartial(blob: string, what: string): Promise<PartialFile> {
  await makeFolder(folderOf(blob));
  const unfinished = `${blob}.incomplete`;
  const fail = (cause: unknown): never => {
    throw ioError("write", unfinished, cause);
  };
  const lock = await acquireLock(`${blob}.lock`, { what });
  const handle = await disk.open(unfinished, "a+").catch(async (error) => {
    await lock.release();
    return fail(error);
  });
  let size = (await handle.stat()).size;
  let isOpen = true;
  const close = async () => {
    if (!isOpen) return;
    isOpen = false;
    await disk.close(handle);
    await lock.release();
  };
  return {
    get sizeBytes() {
      return size;
    },
    async *bytes() {
      for (let at = 0; at < size; ) {
        const piece = new Uint8Array(Math.min(pieceBytes, size - at));
        const { bytesRead } = await handle.read(piece, 0, piece.length, at);
        if (bytesRead === 0) return;
        yield piece.subarray(0, bytesRead);
        at += bytesRead;
      }
    },
    async append(bytes) {
      await disk.write(handle, bytes).catch(fail);
      size += bytes.length;
    },
    async clear() {
      await disk.truncate(handle, 0).catch(fail);
      size = 0;
    },
    async commit() {
      await disk.sync(handle).catch(fail);
      await disk.rename(unfinished, blob).catch(fail);
      await close();
    },
    close,
  };
}

/**
 * A name for a blob in a commit's folder: a link, where the system lets one make it. A link that stands there is replaced; a
 * file of another size is somebody's, and is refused.
 */
async function linkTo(blob: string, path: string, depth: number): Promise<void> {
  await makeFolder(folderOf(path));
  if (
    await nodeFiles()
      .lstat(path)
      .then(
        (found) => found.isSymbolicLink(),
        () => false,
      )
  )
    await disk.rm(path);
  const up = "../".repeat(depth + 1);
  await disk
    .symlink(`${up}blobs/${fileNameOf(blob)}`, path)
    .catch(() => disk.link(blob, path)) // Windows without the right to make symbolic links
    .catch(async (error) => {
      if (systemCode(error) === "EEXIST") throw error;
      await copyFile(blob, path);
    })
    .catch((error) => {
      throw ioError("write", path, error);
    });
}

/** @param cache path of the folder of all repositories */
export function pathCache(cache: string, { repository, revision }: HubSource): HubCache {
  const root = inFolder(cache, `models--${repository.replace("/", "--")}`);
  const blobOf = ({ hash }: RemoteFile) => `${root}/blobs/${hash}`;
  const reference = `${root}/refs/${revision}`;
  return {
    has: async (file) => (await sizeOf(blobOf(file))) === file.sizeBytes,
    open: (file) => openPartial(blobOf(file), `the download of ${file.path} of ${repository}`),
    async snapshot({ commit }, files) {
      const folder = `${root}/snapshots/${commit}`;
      for (const file of files) {
        const path = `${folder}/${file.path}`;
        if ((await sizeOf(path)) !== file.sizeBytes)
          await linkTo(blobOf(file), path, file.path.split("/").length);
      }
      if (revision !== commit) {
        await makeFolder(folderOf(reference));
        await writeFileAtomic(reference, commit);
      }
      return folder;
    },
    async cached() {
      const { access, readFile } = nodeFiles();
      const found = await readFile(reference, "utf8").catch((error) => {
        if (["ENOENT", "ENOTDIR"].includes(systemCode(error) ?? "")) return revision;
        throw ioError("read", reference, error);
      });
      const commit = found.trim();
      if (!isCommit(commit)) return undefined;
      const folder = `${root}/snapshots/${commit}`;
      return access(folder).then(
        () => folder,
        () => undefined,
      );
    },
  };
}
