import { having, iterableOf } from "../errors";
import { comparePaths } from "../repository/compare-paths";
import { repositoryPath } from "../repository/repository-path";
import { importsOf, type ParsedLanguage } from "./imports-of";
import { languageOf } from "./language-of";
import { pythonStatements } from "./python";
import { type Repository, repositoryOf } from "./repository-files";
import { resolveC } from "./resolve/c";
import { resolveFolders } from "./resolve/folders";
import { resolveJavascript } from "./resolve/javascript";
import { resolveNames } from "./resolve/names";
import { resolvePhp } from "./resolve/php";
import { resolvePython } from "./resolve/python";
import { resolveRuby } from "./resolve/ruby";
import { resolveRust } from "./resolve/rust";

/** A file whose imports are resolved. */
export interface ImportingFile {
  /** Inside the repository, with `/`. */
  readonly path: string;
  readonly text: string;
  /** By default that of the path's extension. */
  readonly language?: ParsedLanguage | undefined;
}

/** Finds the files that one specifier means. */
type Resolve = (specifier: string, path: string, repository: Repository) => readonly string[];

const resolvers: Readonly<Record<Exclude<ParsedLanguage, "Python">, Resolve>> = {
  JavaScript: resolveJavascript,
  TypeScript: resolveJavascript,
  Java: (name, _, repository) => resolveNames(name, ".java", repository),
  "C#": (name, _, repository) => resolveNames(name, ".cs", repository),
  Go: resolveFolders,
  C: resolveC,
  "C++": resolveC,
  Rust: resolveRust,
  PHP: resolvePhp,
  Ruby: resolveRuby,
};

/** As {@link dependenciesOf}, for a repository that was indexed once. */
export function dependenciesIn(file: ImportingFile, repository: Repository): string[] {
  const { path, text, language = languageOf(file.path) } = file;
  if (language === undefined) return [];
  const own = repositoryPath("dependenciesOf", path);
  const found = new Set(
    language === "Python"
      ? pythonStatements(text).flatMap((each) => resolvePython(each, own, repository))
      : importsOf(text, language).flatMap((each) => resolvers[language](each, own, repository)),
  );
  found.delete(own);
  return [...found].sort(comparePaths);
}

/**
 * The files of a repository that a file depends on, by its imports.
 *
 * - JavaScript, TypeScript: relative specifiers, with extensions and index files tried as TypeScript's bundler resolution does;
 *   names of the repository's own packages are for {@link packRepository}, which reads their package.json
 * - Python: modules and packages, relative or from a folder above the file
 * - Java, C#, PHP: names as ends of paths; Go: import paths as ends of folders; Rust: `mod`, `crate`, `self`, `super`
 * - C, C++: quoted includes, from the file's folder, then the root, then as the end of one path
 * - Ruby: relative files, then files below `lib` and the root
 *
 * @param file its text and path
 * @param paths of all files of the repository
 * @returns sorted by path, without the file itself; empty for a language that is not parsed
 * @throws {CoderError} `ERR_PATH` for a path outside the repository
 */
export function dependenciesOf(file: ImportingFile, paths: Iterable<string>): string[] {
  having("dependenciesOf", "file", file, "path", "text");
  repositoryPath("dependenciesOf", file.path);
  return dependenciesIn(file, repositoryOf(iterableOf("dependenciesOf", "paths", paths)));
}
