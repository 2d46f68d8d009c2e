/** @file The entries of all public packages, and a program of TypeScript over their sources. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** The folder of all packages. */
export const packages = fileURLToPath(new URL("../../../../packages/", import.meta.url));
const SOURCE = "@deepgrain/source";

/** An entry of a public package. */
export interface PublicEntry {
  /** The package's folder, such as `lm`. */
  folder: string;
  /** The imported name, such as `@deepgrain/lm/fields`. */
  name: string;
  /** Its source. */
  path: string;
}

/** Every entry of every public package that has a source. */
export function publicEntries(): PublicEntry[] {
  return readdirSync(packages).flatMap((folder) => {
    const file = join(packages, folder, "package.json");
    const {
      private: isPrivate,
      name,
      exports = {},
    } = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { private: true };
    if (isPrivate) return [];
    return Object.entries<Record<string, string>>(exports)
      .filter(([, entry]) => entry[SOURCE] !== undefined)
      .map(([subpath, entry]) => ({
        folder,
        name: `${name}${subpath.slice(1)}`,
        path: resolve(packages, folder, entry[SOURCE]!),
      }));
  });
}

/** A program over sources. @param more files by their paths that exist in memory only */
export function programOf(
  paths: readonly string[],
  more: Readonly<Record<string, string>> = {},
): ts.Program {
  const options: ts.CompilerOptions = {
    customConditions: [SOURCE],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2022,
    strict: true,
    noEmit: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => path in more || fileExists(path);
  host.getSourceFile = (path, ...rest) =>
    path in more
      ? ts.createSourceFile(path, more[path]!, ts.ScriptTarget.ES2022)
      : getSourceFile(path, ...rest);
  return ts.createProgram([...paths, ...Object.keys(more)], options, host);
}
