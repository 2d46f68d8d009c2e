import { maskJavascript } from "./mask-javascript";
import { STRING, stringsAt } from "./mask-source";

/** Static imports and exports from elsewhere, in all their forms, types included. */
const statement = new RegExp(
  `(?<![.\\w$])(?:import|export)\\b(?:[^;()=]*?[\\s}*]from)?\\s*${STRING}`,
  "g",
);

/** Dynamic imports, `require`, and `import x = require`. */
const call = new RegExp(
  `(?<![.\\w$])(?:import|require)\\s*\\(\\s*${STRING}\\s*(?:[,)]|as\\b)`,
  "g",
);

/** Declarations that are added to another module. */
const augmentation = new RegExp(`\\bdeclare\\s+module\\s+${STRING}`, "g");

/** Specifiers of a module of JavaScript or TypeScript. */
export function javascriptImports(text: string): string[] {
  const source = maskJavascript(text);
  return [
    ...stringsAt(source, statement),
    ...stringsAt(source, call),
    ...stringsAt(source, augmentation).filter((specifier) => specifier.startsWith(".")),
  ];
}
