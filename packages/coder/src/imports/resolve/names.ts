import type { Repository } from "../repository-files";

/**
 * Files that a dotted name means, as the end of a path: `a.b.C` is `a/b/C.java`. From the right, parts are left out until one
 * is found, for members of classes; a whole package is all its files.
 */
export function resolveNames(
  name: string,
  extension: string,
  repository: Repository,
): readonly string[] {
  const parts = name.split(".").filter((part) => part !== "*");
  for (let count = parts.length; count > 0; count--) {
    const path = parts.slice(0, count).join("/");
    if (count > 1 || parts.length === 1) {
      const files = repository.endingWith(path + extension);
      if (files.length > 0) return files;
    }
    if (count < parts.length) continue;
    const folders = [...repository.folders].filter(
      (folder) => folder === path || folder.endsWith(`/${path}`),
    );
    const inside = folders.flatMap((folder) =>
      repository.inFolder(folder).filter((file) => file.endsWith(extension)),
    );
    if (inside.length > 0) return inside;
  }
  return [];
}
