import { maskSource } from "./mask-source";

const ignored =
  /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\$*"""([\s\S]*?)"""|(?:@\$?|\$@)"([^"]*(?:""[^"]*)*)"|\$?"([^"\\\n]*(?:\\.[^"\\\n]*)*)"|'([^'\\\n]|\\[^\n]+?)'/g;

const NAME =
  "(?:global::)?[\\p{L}_@][\\p{L}\\p{N}_]*(?:\\s*(?:\\.|::)\\s*[\\p{L}_@][\\p{L}\\p{N}_]*)*";

const statement = new RegExp(
  `(?:^|[;{}])\\s*(?:global\\s+)?using\\s+(?:static\\s+|unsafe\\s+)*(?:[\\p{L}_@][\\p{L}\\p{N}_]*\\s*=\\s*)?(${NAME})\\s*(?:<[^;()]*>)?\\s*(?=;)`,
  "gmu",
);

/** Namespaces and types that a file of C# names in `using` directives, those with aliases too. */
export const cSharpImports = (text: string): string[] =>
  [...maskSource(text, ignored).code.matchAll(statement)].map(([, name]) =>
    name!.replace(/\s+/g, "").replace(/^global::/, ""),
  );
