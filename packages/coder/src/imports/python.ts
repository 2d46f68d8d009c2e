import { maskSource } from "./mask-source";

const ignored =
  /#[^\n]*|[rbfut]{0,2}(?:"""([^"\\]*(?:(?:\\[\s\S]|"(?!""))[^"\\]*)*)"""|'''([^'\\]*(?:(?:\\[\s\S]|'(?!''))[^'\\]*)*)'''|"([^"\\\n]*(?:\\[\s\S][^"\\\n]*)*)"|'([^'\\\n]*(?:\\[\s\S][^'\\\n]*)*)')/gi;

const NAME = "[\\p{L}_][\\p{L}\\p{N}_]*";
const DOTTED = `${NAME}(?:[ \\t]*\\.[ \\t]*${NAME})*`;

/** Where a statement may begin: at a line's start, or after a semicolon or colon. */
const BEGIN = "(?:^|[;:])[ \\t]*";

const plainImport = new RegExp(
  `${BEGIN}import[ \\t]+(${DOTTED}(?:[ \\t]+as[ \\t]+${NAME})?(?:[ \\t]*,[ \\t]*${DOTTED}(?:[ \\t]+as[ \\t]+${NAME})?)*)`,
  "gmu",
);

const fromImport = new RegExp(
  `${BEGIN}from[ \\t]*([. \\t]*(?:${DOTTED})?)[ \\t]*\\bimport\\b[ \\t]*(\\([^)]*\\)|[^\\n;]*)`,
  "gmu",
);

/** An import of Python: a module, and, for `from`, the names taken from it, which may be modules too. */
export interface PythonImport {
  readonly module: string;
  readonly names: readonly string[];
}

const compact = (dotted: string) => dotted.replace(/\s+/g, "");

/** `a as b, c` without parentheses: the names before `as`. */
const namesOf = (list: string): string[] =>
  list
    .replace(/[()]/g, " ")
    .split(",")
    .map((item) => compact(item.trim().split(/\s+as\s+/)[0]!))
    .filter((name) => name !== "");

/** Imports of a module of Python. */
export function pythonStatements(text: string): PythonImport[] {
  const { code } = maskSource(text.replace(/\r\n?/g, "\n"), ignored);
  const joined = code.replace(/\\\n/g, "  ");
  return [
    ...[...joined.matchAll(plainImport)].flatMap(([, list]) =>
      namesOf(list!).map((module) => ({ module, names: [] })),
    ),
    ...[...joined.matchAll(fromImport)]
      .map(([, module, names]) => ({ module: compact(module!), names: namesOf(names!) }))
      .filter(({ module }) => module !== ""),
  ];
}

/** Modules that a module of Python imports, relative ones with their dots. */
export const pythonImports = (text: string): string[] =>
  pythonStatements(text).map(({ module }) => module);
