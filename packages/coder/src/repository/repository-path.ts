import { fail } from "../errors";

/**
 * A path inside a repository, with `/` between its parts and without `.` and `..`.
 *
 * @throws {CoderError} `ERR_PATH` for a path that is empty, absolute, or leads out of the repository
 */
export function repositoryPath(where: string, path: unknown): string {
  if (typeof path !== "string" || path === "")
    return fail("ERR_PATH", `${where}: a path must be a text that is not empty`, { path });
  const inside = /^(?:[\\/]|[A-Za-z]:)/.test(path) ? undefined : normalized(path);
  return inside ?? fail("ERR_PATH", `${where}: ${path} leads out of the repository`, { path });
}

/** A relative path without `.` and `..`; undefined where it leads out of its root. */
function normalized(path: string): string | undefined {
  const parts: string[] = [];
  for (const part of path.split(/[\\/]+/)) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}

/** The folder of a path; empty at the root. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

/** A path inside a folder of the repository; undefined where it leads out of its root. */
export const inFolder = (folder: string, path: string): string | undefined =>
  normalized(folder === "" ? path : `${folder}/${path}`);
