import { LmError } from "../errors";
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
  /** By path, those of the folder that was listed. */
  files: ReadonlyMap<string, RemoteFile>;
}

type Fetch = (address: string, init?: RequestInit) => Promise<Response>;

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

const malformed = (repository: string, problem: string) =>
  new LmError("ERR_FORMAT", `lm/hub: the answer about ${repository} must have ${problem}`, {
    fields: { repository },
  });

function remoteFile(
  repository: string,
  entry: { path: string; size: number; oid?: string; lfs?: { oid: string; size: number } },
): RemoteFile {
  const { path, lfs } = entry;
  const [algorithm, hash, digits] = lfs
    ? (["sha256", lfs.oid, 64] as const)
    : (["git-sha1", entry.oid ?? "", 40] as const);
  const sizeBytes = lfs?.size ?? entry.size;
  if (!new RegExp(`^[0-9a-f]{${digits}}$`).test(hash) || !Number.isSafeInteger(sizeBytes))
    throw malformed(repository, `size and hash of ${path}`);
  return { path, sizeBytes, algorithm, hash };
}

/**
 * The commit of a revision, and the files of one folder there.
 *
 * @param folder path in the repository, "" for its root
 * @param fetch how requests are sent; `@huggingface/hub` gets no token of its own
 * @throws {LmError} `ERR_MISSING` without `@huggingface/hub`; `ERR_FORMAT` for an answer without commit, sizes or hashes;
 *   what `fetch` throws
 */
export async function listRepository(
  { repository, revision }: HubSource,
  folder: string,
  { endpoint, fetch }: { endpoint: string; fetch: Fetch },
): Promise<Repository> {
  const { listFiles, modelInfo } = await loadHub();
  const reach = { hubUrl: endpoint, fetch: fetch as typeof globalThis.fetch };
  const { sha } = await modelInfo({
    name: repository,
    revision,
    additionalFields: ["sha"],
    ...reach,
  });
  if (!isCommit(sha)) throw malformed(repository, "a commit");
  const files = new Map<string, RemoteFile>();
  const repo = { type: "model" as const, name: repository };
  const path = folder.split("/").map(encodeURIComponent).join("/");
  for await (const entry of listFiles({ repo, revision: sha, path, ...reach }))
    if (entry.type === "file") files.set(entry.path, remoteFile(repository, entry));
  return { commit: sha, files };
}
