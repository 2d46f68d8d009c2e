import type { ParsedLanguage } from "./imports-of";

const byExtension: readonly [RegExp, ParsedLanguage][] = [
  [/\.(?:[cm]?ts|tsx)$/i, "TypeScript"],
  [/\.(?:[cm]?js|jsx)$/i, "JavaScript"],
  [/\.pyi?$/i, "Python"],
  [/\.java$/i, "Java"],
  [/\.go$/i, "Go"],
  [/\.[ch]$/, "C"],
  [/\.(?:cc|cpp|cxx|c\+\+|hh|hpp|hxx|h\+\+|ipp|C|H)$/, "C++"],
  [/\.cs$/i, "C#"],
  [/\.rs$/i, "Rust"],
  [/\.php$/i, "PHP"],
  [/\.rb$/i, "Ruby"],
];

/** The parsed language of a file, by its extension; undefined for others. */
export const languageOf = (path: string): ParsedLanguage | undefined =>
  byExtension.find(([pattern]) => pattern.test(path))?.[1];
