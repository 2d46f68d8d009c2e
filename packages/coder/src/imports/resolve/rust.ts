import { folderOf } from "../../repository/repository-path";
import type { Repository } from "../repository-files";

const join = (...parts: readonly string[]) => parts.filter((part) => part !== "").join("/");

/** The folder in which the modules below a file lie. */
function moduleFolder(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.rs$/, "");
  return ["lib", "main", "mod"].includes(name) ? folderOf(path) : join(folderOf(path), name);
}

/** The nearest folder above a file that holds the root of a crate; its own folder if none does. */
function crateFolder(path: string, repository: Repository): string {
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    if (["lib.rs", "main.rs"].some((name) => repository.has(join(folder, name)))) return folder;
    if (folder === "") return folderOf(path);
  }
}

/** The module that is the longest beginning of a path of names. */
function longestModule(folder: string, names: readonly string[], repository: Repository): string[] {
  for (let count = names.length; count > 0; count--) {
    const path = join(folder, ...names.slice(0, count));
    for (const candidate of [`${path}.rs`, `${path}/mod.rs`])
      if (repository.has(candidate)) return [candidate];
  }
  return [];
}

/** The file of a path of Rust that begins with `crate`, `self` or `super`. */
export function resolveRust(
  specifier: string,
  path: string,
  repository: Repository,
): readonly string[] {
  const names = specifier.split("::").filter((name) => name !== "*");
  if (names[0] === "crate")
    return longestModule(crateFolder(path, repository), names.slice(1), repository);
  if (names[0] !== "self" && names[0] !== "super") return [];
  let folder = moduleFolder(path);
  let at = 0;
  if (names[0] === "self") at = 1;
  while (names[at] === "super") {
    folder = folderOf(folder);
    at++;
  }
  return longestModule(folder, names.slice(at), repository);
}
