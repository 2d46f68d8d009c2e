import { folderOf, inFolder } from "../../repository/repository-path";
import type { Repository } from "../repository-files";

/** A class by the end of its path; leading parts of its namespace, which a loader maps to a folder, may be missing. */
function classFile(name: string, repository: Repository): readonly string[] {
  const parts = name.split("\\");
  for (let from = 0; from < parts.length; from++) {
    const files = repository.endingWith(`${parts.slice(from).join("/")}.php`);
    if (files.length === 1) return files;
  }
  return [];
}

/** The file of a name, or of an include, which is looked for beside the file and from the root. */
export function resolvePhp(
  specifier: string,
  path: string,
  repository: Repository,
): readonly string[] {
  if (!/[./]/.test(specifier)) return classFile(specifier, repository);
  const folders = specifier.startsWith("./") ? [folderOf(path)] : [folderOf(path), ""];
  for (const folder of folders) {
    const candidate = inFolder(folder, specifier);
    if (candidate !== undefined && repository.has(candidate)) return [candidate];
  }
  return [];
}
