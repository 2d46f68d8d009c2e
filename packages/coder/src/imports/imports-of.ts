import { fail } from "../errors";
import { cImports } from "./c";
import { cSharpImports } from "./c-sharp";
import { goImports } from "./go";
import { javaImports } from "./java";
import { javascriptImports } from "./javascript";
import { phpImports } from "./php";
import { pythonImports } from "./python";
import { rubyImports } from "./ruby";
import { rustImports } from "./rust";

const readers = {
  JavaScript: javascriptImports,
  TypeScript: javascriptImports,
  Python: pythonImports,
  Java: javaImports,
  Go: goImports,
  C: cImports,
  "C++": cImports,
  "C#": cSharpImports,
  Rust: rustImports,
  PHP: phpImports,
  Ruby: rubyImports,
} as const;

/** A language whose imports are parsed, named as in `languages`. */
export type ParsedLanguage = keyof typeof readers;

/** Names of the languages whose imports are parsed. */
export const parsedLanguages = Object.keys(readers) as readonly ParsedLanguage[];

/**
 * The imports of a file, found by regular expressions in its code without comments and strings.
 *
 * - JavaScript, TypeScript: specifiers of `import`, `export … from`, dynamic `import` and `require`
 * - Python: modules, relative ones with their dots
 * - Java: names, whole packages with `.*`; C#: names of `using` directives; Go: paths
 * - C, C++: files, with angle brackets where written so
 * - Rust: a path per leaf of a `use`; `mod name;` is `self::name`
 * - PHP: names of `use`, and included files; Ruby: libraries and files
 *
 * @param text of the file; what cannot be parsed is skipped
 * @returns without duplicates, each at its first place
 * @throws {CoderError} `ERR_ARGUMENT` for a language that is not parsed
 * @see Guo et al. 2024 (DeepSeek-Coder), section 2.2
 */
export function importsOf(text: string, language: ParsedLanguage): string[] {
  if (!Object.hasOwn(readers, language))
    fail(
      "ERR_ARGUMENT",
      `importsOf: imports are parsed for ${parsedLanguages.join(", ")}, not for ${String(language)}`,
      { language },
    );
  return [...new Set(readers[language](text))];
}
