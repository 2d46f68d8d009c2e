import { FilesError } from "./errors";

type Builtins = { getBuiltinModule?: (id: string) => unknown } | undefined;

/** A module of Node, asked for without an import, so that browsers and bundlers have nothing to look for. */
function nodeModule<T>(id: string): T {
  const found = (globalThis as { process?: Builtins }).process?.getBuiltinModule?.(id);
  if (found !== undefined) return found as T;
  throw new FilesError("ERR_PLATFORM", "files: paths need Node");
}

type Files = typeof import("node:fs/promises");

/** Node's file functions that change nothing; `disk` has those that do. @throws {FilesError} `ERR_PLATFORM` where there is no Node */
export const nodeFiles = () =>
  nodeModule<
    Pick<Files, "access" | "lstat" | "readdir" | "readFile" | "readlink" | "stat"> & {
      open(path: string, flags: "r"): ReturnType<Files["open"]>;
    }
  >("node:fs/promises");

/** The same with those that change files, for the table `disk` alone. */
export const changingFiles = () => nodeModule<Files>("node:fs/promises");

/** The same, synchronous. */
export const changingFilesSync = () => nodeModule<typeof import("node:fs")>("node:fs");

/** Node's synchronous file functions, of which `writeSync` is for streams that are open already. @throws {FilesError} `ERR_PLATFORM` where there is no Node */
export const nodeFilesSync = () =>
  nodeModule<
    Pick<
      typeof import("node:fs"),
      "constants" | "createReadStream" | "existsSync" | "fstatSync" | "readFileSync" | "writeSync"
    >
  >("node:fs");

/** @throws {FilesError} `ERR_PLATFORM` where there is no Node */
export const nodeOs = () => nodeModule<typeof import("node:os")>("node:os");

/** @throws {FilesError} `ERR_PLATFORM` where there is no Node */
export const nodeChildProcess = () =>
  nodeModule<typeof import("node:child_process")>("node:child_process");

/** @throws {FilesError} `ERR_PLATFORM` where there is no Node */
export const nodeCrypto = () => nodeModule<typeof import("node:crypto")>("node:crypto");

/** @throws {FilesError} `ERR_PLATFORM` where there is no Node */
export const nodeUrl = () => nodeModule<typeof import("node:url")>("node:url");

/** @throws {FilesError} `ERR_PLATFORM` where there is no Node */
export const nodeNet = () => nodeModule<typeof import("node:net")>("node:net");
