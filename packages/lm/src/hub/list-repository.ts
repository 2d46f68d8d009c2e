import { LmError } from "../errors";
import { type Asking, checkedInfo, checkedPages, malformed } from "./checked-answers";
import type { HubSource } from "./hub-source";
import { isCommit } from "./names";

/** A file of a repository. */
export interface RemoteFile {
  /** Its path in the repository. */
  path: string;
  sizeBytes: number;
  /** Of a large file's content; of other files as git hashes a blob. */
  algorithm: "sha256" | "git-sha1";
  /** Hexadecimal. */
  hash: string;
}

/** A repository at a commit. */
export interface Repository {
  commit: string;
  /** By path, those of the folder that was listed, or of all. */
  files: ReadonlyMap<string, RemoteFile>;
}

async function loadHub(): Promise<typeof import("@huggingface/hub")> {
  try {
    // Awaited directly inside the try, so that bundlers recognise that it may be missing.
    return await import("@huggingface/hub");
  } catch (cause) {
    throw new LmError(
      "ERR_MISSING",
      "lm/hub: models of the Hugging Face hub need the package @huggingface/hub; install it with `npm i @huggingface/hub@2.17.5`",
      { cause },
    );
  }
}

interface Entry {
  path: string;
  size: number;
  oid?: string | undefined;
  lfs?: { oid: string; size: number } | null | undefined;
}

function remoteFile(repository: string, { path, size, oid, lfs }: Entry): RemoteFile {
  const [algorithm, hash, digits] = lfs
    ? (["sha256", lfs.oid, 64] as const)
    : (["git-sha1", oid, 40] as const);
  const sizeBytes = lfs ? lfs.size : size;
  const isSize = Number.isSafeInteger(sizeBytes) && sizeBytes >= 0;
  if (!isSize || typeof hash !== "string" || !new RegExp(`^[0-9a-f]{${digits}}$`).test(hash))
    throw malformed(repository, `size and hash of ${JSON.stringify(path.slice(0, 80))}`);
  return { path, sizeBytes, algorithm, hash };
}

/**
 * The commit of a revision, and the files of one folder there, or of all.
 *
 * @param folder path in the repository, "" for its root; undefined for the files of all folders
 * @param asking.fetch sends the requests; `@huggingface/hub` gets no token of its own
 * @throws {LmError} `ERR_MISSING` without `@huggingface/hub`; `ERR_FORMAT` for an answer without commit, sizes or hashes, or
 *   a page elsewhere; `ERR_LIMIT`; what `fetch` throws
 */
export async function listRepository(
  { repository, revision }: HubSource,
  folder: string | undefined,
  asking: Omit<Asking, "repository">,
): Promise<Repository> {
  const { listFiles, modelInfo } = await loadHub();
  const own = { ...asking, repository };
  const reach = (fetch: unknown) => ({
    hubUrl: asking.endpoint,
    fetch: fetch as typeof globalThis.fetch,
  });
  const { sha } = await modelInfo({
    name: repository,
    revision,
    additionalFields: ["sha"],
    ...reach(checkedInfo(own)),
  });
  if (!isCommit(sha)) throw malformed(repository, "a commit");
  const files = new Map<string, RemoteFile>();
  const path = (folder ?? "").split("/").map(encodeURIComponent).join("/");
  const repo = { type: "model" as const, name: repository };
  const place = { repo, revision: sha, path, recursive: folder === undefined };
  for await (const entry of listFiles({ ...place, ...reach(checkedPages(own)) }))
    if (entry.type === "file") files.set(entry.path, remoteFile(repository, entry));
  return { commit: sha, files };
}
