// Finds modules that read: they parse JSON, bytes or text, fetch, read a file, or load a library that parses.
import ts from "typescript";

const LIBRARIES =
  /^(papaparse|yaml|re2js|fflate|jszip|linkedom|eventsource-parser|graphology-gexf|graphology-graphml|@huggingface\/(jinja|tokenizers))(\/|$)/;
const CALLED =
  /^(JSON\.parse|(globalThis\.)?fetch)$|(^|[.?])(readFile|readFileSync|createReadStream|openAsBlob)$/;
const OPENED = /(^|[.?])open$/;
const FOR_READING = /^"(r|r\+|a\+)"$|O_RDONLY/;
const MADE = /^(DataView|TextDecoder|TextDecoderStream|DecompressionStream|DOMParser)$/;

/** In every text that reads: most do not, and need no parser. */
const HINT =
  /JSON\.parse|fetch\(|readFile|createReadStream|openAsBlob|open\(|DataView|Decoder|Decompression|DOMParser|papaparse|yaml|re2js|fflate|jszip|linkedom|eventsource|graphology-g|@huggingface/;

/** The name of what a node calls, makes or loads, if that reads. */
function readingOf(node, source) {
  if (ts.isNewExpression(node)) {
    const made = node.expression.getText(source);
    return MADE.test(made) ? made : undefined;
  }
  if (ts.isImportDeclaration(node)) {
    const from = node.moduleSpecifier.text;
    return LIBRARIES.test(from) && !node.importClause?.isTypeOnly ? from : undefined;
  }
  if (!ts.isCallExpression(node)) return undefined;
  const [first] = node.arguments;
  if (node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return first && ts.isStringLiteral(first) && LIBRARIES.test(first.text)
      ? first.text
      : undefined;
  const called = node.expression.getText(source);
  const isOpen = OPENED.test(called) && FOR_READING.test(node.arguments[1]?.getText(source) ?? "");
  return isOpen || CALLED.test(called) ? called : undefined;
}

/** How a module's text reads what others may have written: names of calls and libraries; none where it does not. */
export function readingsIn(text, file = "module.ts") {
  if (!HINT.test(text)) return [];
  const kind = file.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, false, kind);
  const found = new Set();
  const visit = (node) => {
    const reading = readingOf(node, source);
    if (reading !== undefined) found.add(reading);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...found];
}

/** Names that a module exports where they are declared. */
export function declaredExports(text) {
  const pattern = /^export (?:default )?(?:async )?(?:function\*?|const|class) (\w+)/gm;
  return Array.from(text.matchAll(pattern), ([, name]) => name);
}
