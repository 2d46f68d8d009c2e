import { FilesError } from "../errors";
import { type Folder, nameOfFolder } from "./folder";

/** Web Locks, as far as they are used here. */
interface LockManager {
  request<T>(
    name: string,
    options: { ifAvailable: boolean },
    work: (lock: object | null) => Promise<T>,
  ): Promise<T>;
}

interface PageNavigator {
  locks?: LockManager;
  storage?: { getDirectory?(): Promise<{ resolve?(handle: object): Promise<string[] | null> }> };
}

/** Folders that this realm writes to, shared by all copies of this file. */
function writing(): Set<unknown> {
  const key = Symbol.for("deepgrain.files.writing");
  const shared = globalThis as { [key]?: Set<unknown> };
  shared[key] ??= new Set();
  return shared[key];
}

const refuse = (folder: Folder): never => {
  const path = nameOfFolder(folder);
  throw new FilesError(
    "ERR_LOCKED",
    `files/lock: ${path} is being written to by other work; wait for it to end`,
    { fields: { path } },
  );
};

/** A name that is the same for every handle of a folder in the origin's private file system. */
async function lockName(folder: object & { name: string }, page: PageNavigator): Promise<string> {
  const root = await page.storage?.getDirectory?.().catch(() => undefined);
  const path = await root?.resolve?.(folder).catch(() => null);
  return `deepgrain:${path?.join("/") ?? `picked:${folder.name}`}`;
}

/**
 * Does work while nobody else writes to a directory handle or a Map: in a page across all tabs and workers.
 * @throws {FilesError} `ERR_LOCKED` while other work writes there
 */
export async function whileWriting<T>(
  folder: Exclude<Folder, string>,
  work: () => Promise<T>,
): Promise<T> {
  const busy = writing();
  if (busy.has(folder)) refuse(folder);
  busy.add(folder);
  try {
    const page = ((globalThis as { navigator?: PageNavigator }).navigator ?? {}) as PageNavigator;
    if (folder instanceof Map || !page.locks) return await work();
    const name = await lockName(folder, page);
    return await page.locks.request(name, { ifAvailable: true }, (lock) =>
      lock ? work() : refuse(folder),
    );
  } finally {
    busy.delete(folder);
  }
}
