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
export function resolveJavascript(
  specifier: string,
  path: string,
  repository: Repository,
): readonly string[] {
  if (!/^\.{1,2}(?:\/|$)/.test(specifier)) return [];
  const target = inFolder(folderOf(path), specifier.replace(/[?#].*$/, ""));
  if (target === undefined) return [];
  const isFolder = /(?:^|\/)\.{0,2}$/.test(specifier);
  for (const candidate of candidates(target, isFolder))
    if (repository.has(candidate)) return [candidate];
  return [];
}
