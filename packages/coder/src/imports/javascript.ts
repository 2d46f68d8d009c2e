import { maskJavascript } from "./mask-javascript";
import { STRING, stringsAt } from "./mask-source";

/** Static imports and exports from elsewhere, in all their forms, types included. */
const statement = new RegExp(
  `(?<![.\\w$])(?:import|export)\\b(?:[^;()=]*?[\\s}*]from)?\\s*${STRING}`,
  "g",
);

/** Dynamic imports, `require`, and `import x = require`. */
const call = new RegExp(`(?<![.\\w$])(?:import|require)\\s*\\(\\s*${STRING}\\s*[,)]`, "g");

/** Specifiers of a module of JavaScript or TypeScript. */
export function javascriptImports(text: string): string[] {
  const source = maskJavascript(text);
  return [...stringsAt(source, statement), ...stringsAt(source, call)];
}
