import { folderOf, inFolder } from "../../repository/repository-path";
import type { Repository } from "../repository-files";

const EXTENSIONS = [".ts", ".tsx", ".d.ts", ".js", ".jsx", ".json"];

/** Possible extensions of a source whose output has this extension. */
const sources: Readonly<Record<string, readonly string[]>> = {
  ".js": [".ts", ".tsx", ".d.ts", ".js", ".jsx"],
  ".jsx": [".tsx", ".d.ts", ".jsx"],
  ".mjs": [".mts", ".d.mts", ".mjs"],
  ".cjs": [".cts", ".d.cts", ".cjs"],
};

function* fileCandidates(path: string): Generator<string> {
  const extension = /\.[cm]?jsx?$/.exec(path)?.[0] ?? "";
  for (const source of sources[extension] ?? []) yield path.slice(0, -extension.length) + source;
  if (/\.[\w]+$/.test(path)) yield path;
  for (const each of EXTENSIONS) yield path + each;
}

/** @param isFolder whether the specifier can only mean a folder, as `..` does */
function* candidates(path: string, isFolder: boolean): Generator<string> {
  if (!isFolder) yield* fileCandidates(path);
  for (const each of EXTENSIONS) yield `${path === "" ? "" : `${path}/`}index${each}`;
}

/** The file of a relative specifier, as TypeScript's bundler resolution finds it. */
function relativeFile(specifier: string, path: string, repository: Repository): readonly string[] {
  const target = inFolder(folderOf(path), specifier.replace(/[?#].*$/, ""));
  if (target === undefined) return [];
  const isFolder = /(?:^|\/)\.{0,2}$/.test(specifier);
  for (const candidate of candidates(target, isFolder))
    if (repository.has(candidate)) return [candidate];
  return [];
}

/**
 * The file of a specifier that begins with the name of a package of the repository: what its `exports` name and what is there,
 * else the subpath below `src` or the package's folder.
 */
function ownFile(specifier: string, { has, packages }: Repository): readonly string[] {
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? "";
  const own = packages.get(name);
  if (own === undefined) return [];
  const subpath = specifier.slice(name.length + 1);
  const exported = own.targets.get(subpath === "" ? "." : `./${subpath}`) ?? [];
  for (const target of exported) {
    const file = inFolder(own.folder, target);
    if (file !== undefined && has(file)) return [file];
  }
  for (const root of ["src", ""]) {
    const target = inFolder(own.folder, `${root}/${subpath}`);
    if (target === undefined) return [];
    for (const candidate of candidates(target, subpath === ""))
      if (has(candidate)) return [candidate];
  }
  return [];
}

/** The file of a specifier that is relative, or begins with the name of a package of the repository. */
export function resolveJavascript(
  specifier: string,
  path: string,
  repository: Repository,
): readonly string[] {
  return /^\.{1,2}(?:\/|$)/.test(specifier)
    ? relativeFile(specifier, path, repository)
    : ownFile(specifier, repository);
}
