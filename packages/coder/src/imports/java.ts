import { maskSource } from "./mask-source";

const ignored =
  /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"""([\s\S]*?)"""|"([^"\\\n]*(?:\\.[^"\\\n]*)*)"|'([^'\\\n]|\\[^\n]+?)'/g;

const statement =
  /(?:^|[;}])\s*import\s+(?:static\s+)?((?:[\p{L}_$][\p{L}\p{N}_$]*\s*\.\s*)*(?:[\p{L}_$][\p{L}\p{N}_$]*|\*))\s*(?=;)/gmu;

/** Names that a file of Java imports; those of whole packages end with `.*`. */
export const javaImports = (text: string): string[] =>
  [...maskSource(text, ignored).code.matchAll(statement)].map(([, name]) =>
    name!.replace(/\s+/g, ""),
  );
