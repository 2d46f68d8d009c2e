import { folderOf } from "../../repository/repository-path";
import type { PythonImport } from "../python";
import type { Repository } from "../repository-files";

/** A module or package below a folder. */
function moduleAt(folder: string, parts: readonly string[], repository: Repository): string[] {
  const path = [...(folder === "" ? [] : [folder]), ...parts].join("/");
  const candidates = [`${path}.py`, `${path}/__init__.py`, `${path}.pyi`, `${path}/__init__.pyi`];
  return candidates.filter((candidate) => repository.has(candidate)).slice(0, 1);
}

/** The folders above a file, from the root down to its own. */
function foldersAbove(path: string): string[] {
  const parts = folderOf(path)
    .split("/")
    .filter((part) => part !== "");
  return ["", ...parts.map((_, i) => parts.slice(0, i + 1).join("/"))];
}

/** Where the modules of an import are looked for, and the dotted name without its leading dots. */
function placesOf(module: string, path: string): { folders: string[]; parts: string[] } {
  const dots = /^\.*/.exec(module)![0].length;
  const parts = module
    .slice(dots)
    .split(".")
    .filter((part) => part !== "");
  const above = foldersAbove(path);
  return { folders: dots === 0 ? above : above.slice(-dots).slice(0, 1), parts };
}

/**
 * The files of an import of Python. A name that is taken from a package is a module of its own where there is one, else it
 * comes from the package.
 */
export function resolvePython(
  { module, names }: PythonImport,
  path: string,
  repository: Repository,
): readonly string[] {
  const { folders, parts } = placesOf(module, path);
  if (module.startsWith(".") && /^\.*/.exec(module)![0].length > foldersAbove(path).length)
    return [];
  for (const folder of folders) {
    const modules = names.flatMap((name) => moduleAt(folder, [...parts, name], repository));
    const needsPackage = modules.length < Math.max(1, names.length);
    const own = needsPackage && parts.length > 0 ? moduleAt(folder, parts, repository) : [];
    const init =
      needsPackage && parts.length === 0 && module.startsWith(".")
        ? moduleAt(folder, ["__init__"], repository)
        : [];
    const found = [...modules, ...own, ...init];
    if (found.length > 0) return found;
  }
  return [];
}
