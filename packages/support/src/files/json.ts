import { disk } from "./disk";
import { ioError } from "./io-error";
import { makeFolder } from "./make-folder";
import { nodeCrypto } from "./node-modules";
import { ownName } from "./own-names";
import { folderOf } from "./paths";
import { type Chunks, writeFileAtomic } from "./stage-file";

/** Writes a file as {@link writeFileAtomic} does; its folder is made when missing. @throws {FilesError} `ERR_IO` */
export async function saveText(path: string, content: string | Chunks): Promise<void> {
  await makeFolder(folderOf(path));
  await writeFileAtomic(path, content);
}

/**
 * Writes a file before this turn of the event loop ends, so that nothing can happen in between; it appears whole or not at
 * all. For a line or two: all else waits meanwhile.
 * @throws {FilesError} `ERR_IO`
 */
export function saveTextNow(path: string, text: string): void {
  const temporary = ownName(path, "tmp");
  try {
    disk.writeNow(temporary, text);
    disk.renameNow(temporary, path);
  } catch (cause) {
    throw ioError("write", path, cause);
  }
}

/** Writes a value as indented JSON, as {@link saveText} writes text. @throws {FilesError} `ERR_IO` */
export const saveJson = (path: string, value: unknown): Promise<void> =>
  saveText(path, `${JSON.stringify(value, undefined, 2)}\n`);

/** A place in a value that JSON would lose or change. */
export interface LossyPlace {
  /** Such as `curve[3].loss`; empty for the value itself. */
  path: string;
  /** The value found there: "NaN", "a Map". */
  found: string;
}

/**
 * The first place in a value that does not survive JSON; undefined where all does: null, booleans, strings, finite numbers,
 * lists, and plain objects of those. Fields that are undefined are left out, as JSON does.
 */
export function lossyPlace(value: unknown, path = ""): LossyPlace | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return undefined;
  if (typeof value === "number")
    return Number.isFinite(value) ? undefined : { path, found: String(value) };
  if (typeof value !== "object") return { path, found: typeof value };
  const isList = Array.isArray(value);
  if (!isList && ![Object.prototype, null].includes(Object.getPrototypeOf(value)))
    return { path, found: `a ${value.constructor.name}` };
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined && !isList) continue;
    const place = isList ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
    const lossy = lossyPlace(item, place);
    if (lossy) return lossy;
  }
  return undefined;
}

const sorted = (_: string, item: unknown): unknown =>
  typeof item === "object" && item !== null && !Array.isArray(item)
    ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
    : item;

/** The first hexadecimal digits of the SHA-256 of plain data; the order of fields does not matter. */
export const hashOf = (value: unknown, digits: number): string =>
  nodeCrypto()
    .createHash("sha256")
    .update(JSON.stringify(value, sorted) ?? "null")
    .digest("hex")
    .slice(0, digits);
