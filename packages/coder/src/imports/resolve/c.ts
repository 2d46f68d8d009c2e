import { folderOf, inFolder } from "../../repository/repository-path";
import type { Repository } from "../repository-files";

/** The file of a quoted include: beside the including file, from the root, or as the end of one path only. */
export function resolveC(
  specifier: string,
  path: string,
  repository: Repository,
): readonly string[] {
  if (specifier.startsWith("<")) return [];
  for (const folder of [folderOf(path), ""]) {
    const candidate = inFolder(folder, specifier);
    if (candidate !== undefined && repository.has(candidate)) return [candidate];
  }
  const ends = specifier.startsWith(".") ? [] : repository.endingWith(specifier);
  return ends.length === 1 ? ends : [];
}
