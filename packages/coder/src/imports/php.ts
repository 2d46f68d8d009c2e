import { maskSource, STRING } from "./mask-source";

const ignored =
  /\?>[\s\S]*?(?:<\?(?:php\b|=)|$)|#(?!\[)[^\n]*?(?=\?>|\n|$)|\/\/[^\n]*?(?=\?>|\n|$)|\/\*[\s\S]*?(?:\*\/|$)|<<<[ \t]*(["']?)(\w+)\1\n[\s\S]*?\n[ \t]*\2\b|"([^"\\]*(?:\\[\s\S][^"\\]*)*)"|'([^'\\]*(?:\\[\s\S][^'\\]*)*)'/g;

const use =
  /(?:^|[;{}])\s*use\s+(?:(?:function|const)\s+)?([\\\p{L}_][^;({]*(?:\{[^}]*\})?)\s*(?=;)/gmu;

const include = new RegExp(
  `\\b(?:require|include)(?:_once)?\\b\\s*\\(?\\s*((?:__DIR__|dirname\\s*\\(\\s*__FILE__\\s*\\))\\s*\\.\\s*)?${STRING}`,
  "g",
);

/** Everything before the first `<?php` is a page. */
const fromCode = (text: string) => {
  const start = /<\?(?:php\b|=)/.exec(text);
  return start === null ? "" : text.slice(start.index + start[0].length);
};

/** Names of a `use`: `A\{B, C as D}` is `A\B` and `A\C`. */
function namesOf(list: string): string[] {
  const group = /^([^{]*)\{([^}]*)\}/.exec(list);
  const [prefix, names] = group === null ? ["", list] : [group[1]!, group[2]!];
  return names
    .split(",")
    .map(
      (name) =>
        name
          .trim()
          .replace(/^(?:function|const)\s+/, "")
          .split(/\s+as\s+/i)[0]!,
    )
    .filter((name) => name !== "")
    .map((name) => (prefix + name).replace(/\s+/g, "").replace(/^\\/, ""));
}

/** Whether a place stands outside classes and functions: all braces around it are those of namespaces. */
function isAtTop(code: string, index: number): boolean {
  const before = code.slice(0, index);
  const depth = (before.match(/\{/g)?.length ?? 0) - (before.match(/\}/g)?.length ?? 0);
  return depth <= (/\bnamespace\b[^;{]*\{/.test(before) ? 1 : 0);
}

/**
 * Names that a file of PHP imports with `use` at its top level, and files that it includes; those beside the file, by
 * `__DIR__`, begin with `./`.
 */
export function phpImports(text: string): string[] {
  const { code, strings } = maskSource(fromCode(text.replace(/\r\n?/g, "\n")), ignored);
  const names = [...code.matchAll(use)]
    .filter(({ 0: match, index }) => isAtTop(code, index + match.indexOf("use")))
    .flatMap(([, list]) => namesOf(list!));
  const files = [...code.matchAll(include)].map(([, beside, number]) => {
    const path = strings[Number(number)]!;
    return beside === undefined ? path : `./${path.replace(/^\/+/, "")}`;
  });
  return [...names, ...files];
}
