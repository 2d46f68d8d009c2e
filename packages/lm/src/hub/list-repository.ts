import { type Asking, infoAt, malformed, type Row, rowsFrom } from "./checked-answers";
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

function remoteFile(repository: string, { path, size, oid, lfs }: Row): RemoteFile {
  const [algorithm, hash, digits] = lfs
    ? (["sha256", lfs.oid, 64] as const)
    : (["git-sha1", oid, 40] as const);
  const sizeBytes = lfs ? lfs.size : size;
  const isSize = Number.isSafeInteger(sizeBytes) && (sizeBytes as number) >= 0;
  if (!isSize || typeof hash !== "string" || !new RegExp(`^[0-9a-f]{${digits}}$`).test(hash))
    throw malformed(repository, `size and hash of ${JSON.stringify(path.slice(0, 80))}`);
  return { path, sizeBytes: sizeBytes as number, algorithm, hash };
}

/**
 * The commit of a revision, and the files of one folder there, or of all.
 *
 * @param folder path in the repository, "" for its root; undefined for the files of all folders
 * @throws {LmError} `ERR_FORMAT` for an answer without commit, sizes or hashes, or a page elsewhere; `ERR_LIMIT`; what
 *   `asking.fetch` throws
 */
export async function listRepository(
  { repository, revision }: HubSource,
  folder: string | undefined,
  asking: Omit<Asking, "repository">,
): Promise<Repository> {
  const own = { ...asking, repository };
  const model = `${asking.endpoint}/api/models/${repository}`;
  const info = `${model}/revision/${encodeURIComponent(revision)}?expand=sha`;
  const { sha: commit } = await infoAt(info, own);
  if (!isCommit(commit)) throw malformed(repository, "a commit");
  const path = (folder ?? "").split("/").map(encodeURIComponent);
  const tree = ["tree", commit, ...path].filter((part) => part !== "").join("/");
  const files = new Map<string, RemoteFile>();
  for await (const row of rowsFrom(`${model}/${tree}?recursive=${folder === undefined}`, own))
    if (row.type === "file") files.set(row.path, remoteFile(repository, row));
  return { commit, files };
}
