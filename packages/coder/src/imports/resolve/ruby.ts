import { folderOf, inFolder } from "../../repository/repository-path";
import type { Repository } from "../repository-files";

/** The file of a library: relative ones beside the file; others below `lib`, the root, or as the end of one path only. */
export function resolveRuby(
  specifier: string,
  path: string,
  repository: Repository,
): readonly string[] {
  const name = specifier.endsWith(".rb") ? specifier : `${specifier}.rb`;
  const isRelative = /^\.{1,2}\//.test(name);
  for (const folder of isRelative ? [folderOf(path)] : ["lib", ""]) {
    const candidate = inFolder(folder, name);
    if (candidate !== undefined && repository.has(candidate)) return [candidate];
  }
  const ends = isRelative ? [] : repository.endingWith(name);
  return ends.length === 1 ? ends : [];
}
