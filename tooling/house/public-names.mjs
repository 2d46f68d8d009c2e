// The names that a package offers: every export of every entry of its package.json, types included.
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "typescript";

const SOURCE = "@deepgrain/source";

/** Paths of the sources of a package's entries. */
function entriesOf(folder) {
  const { exports = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return Object.values(exports)
    .map((entry) => entry[SOURCE])
    .filter((path) => path !== undefined)
    .map((path) => resolve(folder, path))
    .filter((path) => existsSync(path));
}

/**
 * Counts the public names of packages; a name that two entries of a package export counts once per entry.
 *
 * @param folders of the packages
 * @returns a Map from folder to number
 */
export function publicNames(folders) {
  const entries = new Map(folders.map((folder) => [folder, entriesOf(folder)]));
  const program = ts.createProgram([...entries.values()].flat(), {
    customConditions: [SOURCE],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2022,
    noEmit: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const count = (path) => {
    const symbol = checker.getSymbolAtLocation(program.getSourceFile(path));
    return symbol === undefined ? 0 : checker.getExportsOfModule(symbol).length;
  };
  return new Map(
    [...entries].map(([folder, paths]) => [
      folder,
      paths.reduce((sum, path) => sum + count(path), 0),
    ]),
  );
}
