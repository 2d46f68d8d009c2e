import { maskSource, STRING, stringsAt } from "./mask-source";

const ignored =
  /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|`([^`]*)`|"([^"\\\n]*(?:\\.[^"\\\n]*)*)"|'([^'\\\n]|\\[^'\n]+|\\')'/g;

const block = /(?:^|;)\s*import\s*(\([^)]*\)|[^\n;]*)/gm;

/** Paths of the packages that a file of Go imports. */
export function goImports(text: string): string[] {
  const { code, strings } = maskSource(text, ignored);
  return [...code.matchAll(block)].flatMap(([, list]) =>
    stringsAt({ code: list!, strings }, new RegExp(STRING, "g")),
  );
}
