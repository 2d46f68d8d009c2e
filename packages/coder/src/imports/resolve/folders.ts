import type { Repository } from "../repository-files";

/** Files of the package that an import path of Go means: those of the longest folder that it ends with; no tests. */
export function resolveFolders(
  specifier: string,
  _path: string,
  repository: Repository,
): readonly string[] {
  const parts = specifier.split("/");
  for (let from = 0; from < parts.length; from++) {
    const folder = parts.slice(from).join("/");
    const files = repository
      .inFolder(folder)
      .filter((file) => file.endsWith(".go") && !file.endsWith("_test.go"));
    if (files.length > 0) return files;
  }
  return [];
}
