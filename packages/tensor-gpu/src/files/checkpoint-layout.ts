import { isAddress, type Source } from "./open-source";

/**
 * A checkpoint: the path or address of a folder, of one `.safetensors` file or of one `.index.json` file;
 * or sources by file name (a folder picked in a browser).
 */
export type CheckpointFolder = string | URL | Readonly<Record<string, Source>>;

/** Where to find the files of a checkpoint. */
export interface CheckpointLayout {
  /** The name of the location in error messages. */
  readonly where: string;
  /** The source of a file by its name in the folder; undefined where it is known to be missing. */
  readonly locate: (fileName: string) => Source | undefined;
  /** Name of the single file to look for, if any. */
  readonly single?: string | undefined;
  /** Name of the shard index to look for, if any. */
  readonly index?: string | undefined;
}

const BOTH = { single: "model.safetensors", index: "model.safetensors.index.json" };

/** Determines which files to look for, and where, from a path, an address or a table of sources. */
export function checkpointLayout(checkpoint: CheckpointFolder): CheckpointLayout {
  if (typeof checkpoint === "string" && !isAddress(checkpoint)) return pathLayout(checkpoint);
  if (typeof checkpoint === "string" || checkpoint instanceof URL)
    return addressLayout(new URL(checkpoint));
  const locate = (name: string) => (Object.hasOwn(checkpoint, name) ? checkpoint[name] : undefined);
  return { where: "the sources", locate, ...BOTH };
}

function filesOf(fileName: string): Pick<CheckpointLayout, "single" | "index"> {
  if (fileName.endsWith(".safetensors")) return { single: fileName };
  return fileName.endsWith(".index.json") ? { index: fileName } : BOTH;
}

function pathLayout(path: string): CheckpointLayout {
  const lastName = /[^\\/]*$/.exec(path)?.[0] ?? "";
  const files = filesOf(lastName);
  const folder = files === BOTH ? `${path || "."}/` : path.slice(0, path.length - lastName.length);
  return { where: path, locate: (name) => folder + name, ...files };
}

function addressLayout(address: URL): CheckpointLayout {
  const lastName = decodeURIComponent(/[^/]*$/.exec(address.pathname)?.[0] ?? "");
  const files = filesOf(lastName);
  const folder = new URL(address);
  if (files === BOTH && lastName !== "") folder.pathname += "/";
  // The named file keeps its query (a signed address); files beside it are resolved without one.
  const isNamed = (name: string) => files !== BOTH && name === lastName;
  const locate = (name: string) => (isNamed(name) ? address : new URL(name, folder));
  return { where: address.href, locate, ...files };
}
