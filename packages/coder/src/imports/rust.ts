import { maskSource } from "./mask-source";

/** Block comments of Rust nest; three levels are read. */
const NESTED = [0, 1].reduce(
  (inner) => `\\/\\*(?:[^*/]|\\*(?!\\/)|\\/(?!\\*)|${inner})*\\*\\/`,
  "\\/\\*(?:[^*/]|\\*(?!\\/)|\\/(?!\\*))*\\*\\/",
);

const ignored = new RegExp(
  `\\/\\/[^\\n]*|${NESTED}|\\/\\*[\\s\\S]*?(?:\\*\\/|$)|\\b[bc]?r(#*)"[\\s\\S]*?"\\1|[bc]?"([^"\\\\]*(?:\\\\[\\s\\S][^"\\\\]*)*)"|b?'(?:[^'\\\\\\n]|\\\\[^\\n']+|\\\\')'`,
  "g",
);

const statement =
  /(?:^|[;{}\]])\s*(?:pub(?:\s*\([^)]*\))?\s+)?(?:use\s+([^;]+)|extern\s+crate\s+([\w]+)[^;]*|mod\s+([\w#]+)\s*)(?=;)/gm;

/** `a::{b, c::d}` as `a::b` and `a::c::d`. */
function expand(tree: string): string[] {
  const open = tree.indexOf("{");
  if (open < 0) return [tree];
  const prefix = tree.slice(0, open);
  const inner = tree.slice(open + 1, tree.lastIndexOf("}"));
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i <= inner.length; i++) {
    if (inner[i] === "{") depth++;
    else if (inner[i] === "}") depth--;
    else if (i === inner.length || (inner[i] === "," && depth === 0)) {
      parts.push(inner.slice(from, i));
      from = i + 1;
    }
  }
  return parts.filter((part) => part !== "").flatMap((part) => expand(prefix + part));
}

const withoutAlias = (path: string) => path.replace(/\s+as\s+[\w#]+/g, "").replace(/\s+/g, "");

/**
 * Paths that a file of Rust uses, one per leaf of a tree, without aliases; a crate of `extern crate`; a module of `mod name;`
 * as `self::name`.
 */
export const rustImports = (text: string): string[] =>
  [...maskSource(text, ignored).code.matchAll(statement)].flatMap(([, use, crate, module]) => {
    if (use !== undefined)
      return expand(withoutAlias(use)).map((path) =>
        path.replace(/^::/, "").replace(/::self$/, ""),
      );
    return crate === undefined ? [`self::${module!.replace(/^r#/, "")}`] : [crate];
  });
