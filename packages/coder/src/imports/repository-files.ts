import { comparePaths } from "../repository/compare-paths";
import { folderOf, repositoryPath } from "../repository/repository-path";
import type { OwnPackages } from "./own-packages";

/** The files of a repository, found by path, folder and the end of a path. */
export interface Repository {
  has(path: string): boolean;
  /** Files directly in a folder. */
  inFolder(folder: string): readonly string[];
  /** Folders that hold files. */
  readonly folders: ReadonlySet<string>;
  /** Files whose path ends with these parts, in order. */
  endingWith(end: string): readonly string[];
  /** Packages of JavaScript. */
  readonly packages: OwnPackages;
}

const groupBy = (paths: readonly string[], keyOf: (path: string) => string) => {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const key = keyOf(path);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [path]);
    else group.push(path);
  }
  return groups;
};

const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);

/** @throws {CoderError} `ERR_PATH` for a path outside the repository */
export function repositoryOf(
  paths: Iterable<string>,
  packages: OwnPackages = new Map(),
): Repository {
  const all = [...paths].map((path) => repositoryPath("dependenciesOf", path)).sort(comparePaths);
  const files = new Set(all);
  const folders = groupBy(all, folderOf);
  const names = groupBy(all, nameOf);
  return {
    has: (path) => files.has(path),
    inFolder: (folder) => folders.get(folder) ?? [],
    folders: new Set(folders.keys()),
    packages,
    endingWith: (end) =>
      (names.get(nameOf(end)) ?? []).filter((path) => path === end || path.endsWith(`/${end}`)),
  };
}
