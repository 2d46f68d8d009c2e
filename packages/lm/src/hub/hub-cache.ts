import type { Folder } from "@deepgrain/support/files";
import type { RemoteFile, Repository } from "./list-repository";

/** A file that is being downloaded; what of it is there stays for the next attempt. */
export interface PartialFile {
  /** Bytes that are there. */
  readonly sizeBytes: number;
  /** Those bytes, piece by piece. */
  bytes(): AsyncIterable<Uint8Array>;
  append(bytes: Uint8Array): Promise<void>;
  /** Removes what is there. */
  clear(): Promise<void>;
  /** Gives the whole file its place. */
  commit(): Promise<void>;
  /** Keeps what is there, if it was not committed. */
  close(): Promise<void>;
}

/** Where the files of one repository are kept. */
export interface HubCache {
  /** Whether a file is there with its size. */
  has(file: RemoteFile): Promise<boolean>;
  /** Begins or goes on with a file. @throws {FilesError} `ERR_LOCKED` while another process downloads it */
  open(file: RemoteFile): Promise<PartialFile>;
  /** The folder of a commit, after its files have come; the revision leads to it from now on. */
  snapshot(repository: Repository, files: readonly RemoteFile[]): Promise<Folder>;
  /** The folder of the revision as it was downloaded last; undefined if it was not. */
  cached(): Promise<Folder | undefined>;
}
