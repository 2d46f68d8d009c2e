import { maskSource, STRING } from "./mask-source";

const ignored =
  /\/\/(?:\\\r?\n|[^\n])*|\/\*[\s\S]*?(?:\*\/|$)|\bR"([^()\\\s]{0,16})\([\s\S]*?\)\1"|(?<![\dA-Fa-f])'(?:[^'\\\n]|\\[^\n])+'|"([^"\\\n]*(?:\\[\s\S][^"\\\n]*)*)"/g;

const directive = new RegExp(
  `^[ \\t]*(?:#|%:)[ \\t]*(?:include|include_next|import)[ \\t]*(?:${STRING}|(<[^>\\n]+>))`,
  "gm",
);

/**
 * Files that C or C++ includes. Those in angle brackets keep them: `<stdio.h>`, `util.h`.
 */
export function cImports(text: string): string[] {
  // Angle brackets may hold what looks like a comment, and are no place for one.
  const lines = text.replace(/\r\n?/g, "\n").replace(/\\\n/g, "");
  const { code, strings } = maskSource(lines, ignored);
  return [...code.matchAll(directive)].map(([, number, angled]) =>
    angled === undefined ? strings[Number(number)]! : angled,
  );
}
