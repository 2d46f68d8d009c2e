/** @file Checks the types of the code on pages of Markdown, as in the editor of a reader who copies it into a strict project. */
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const baseConfig = fileURLToPath(new URL("../tsconfig/base.json", import.meta.url));

/** A page of Markdown, and a folder of the package by whose `node_modules` its code is resolved. */
export interface Page {
  readonly path: string;
  readonly folder: string;
}

/** A module made of blocks: its text, and for each of its lines the line of the page, from 1. */
interface Module {
  readonly page: string;
  readonly text: string;
  readonly lines: readonly number[];
}

/** A block and the line of the page on which its code begins. */
interface Block {
  readonly code: string;
  readonly line: number;
}

/** The `ts` and `js` blocks of a page. @param isWanted takes what stands behind the fence, such as `ts` or `js worker` */
function blocksOf(path: string, isWanted: (info: string) => boolean): Block[] {
  const text = readFileSync(path, "utf8");
  const found = [...text.matchAll(/^```([jt]s\b[^`\n]*)\n([\s\S]*?)^```$/gm)];
  return found
    .filter(([, info]) => isWanted(info!))
    .map(({ 2: code, index }) => ({
      code: code!,
      line: text.slice(0, index).split("\n").length + 1,
    }));
}

/** A line of code for each name that an import declares, so that two blocks may import the same one. */
function namesOf(declaration: ts.ImportDeclaration): string[] {
  const { importClause, moduleSpecifier } = declaration;
  const from = moduleSpecifier.getText();
  if (!importClause) return [`import ${from};`];
  const { name, namedBindings, phaseModifier } = importClause;
  const type = phaseModifier === ts.SyntaxKind.TypeKeyword ? "type " : "";
  const lines = name ? [`import ${type}${name.text} from ${from};`] : [];
  if (namedBindings && ts.isNamespaceImport(namedBindings))
    lines.push(`import ${type}${namedBindings.getText()} from ${from};`);
  if (namedBindings && ts.isNamedImports(namedBindings))
    for (const one of namedBindings.elements)
      lines.push(`import { ${type}${one.getText()} } from ${from};`);
  return lines;
}

/** Blocks as one module: the imports of all first, then each block in the scope of the one before it. */
function nested(page: string, blocks: readonly Block[]): Module {
  const imports = new Map<string, number>();
  const body: string[] = [];
  const bodyLines: number[] = [];
  for (const { code, line } of blocks) {
    const source = ts.createSourceFile("block.ts", code, ts.ScriptTarget.Latest, true);
    let rest = code;
    for (const statement of source.statements.filter(ts.isImportDeclaration)) {
      const [start, end] = [statement.getStart(), statement.getEnd()];
      const own = line + source.getLineAndCharacterOfPosition(start).line;
      for (const name of namesOf(statement)) if (!imports.has(name)) imports.set(name, own);
      const blank = rest.slice(start, end).replace(/[^\n]/g, " ");
      rest = rest.slice(0, start) + blank + rest.slice(end);
    }
    const lines = `{ ${rest.trimEnd()}`.split("\n");
    body.push(...lines);
    bodyLines.push(...lines.map((_, i) => line + i));
  }
  const values = [...imports].filter(
    ([name]) => !name.includes("{ type ") || !imports.has(name.replace("{ type ", "{ ")),
  );
  const text = [...values.map(([name]) => name), ...body, "}".repeat(blocks.length), "export {};"];
  return { page, text: text.join("\n"), lines: [...values.map(([, line]) => line), ...bodyLines] };
}

/** The modules of a page by their files: a block that begins with `// name.ts` is a file, the others go on with each other. */
function modulesOf(
  { path, folder }: Page,
  isWanted: (info: string) => boolean,
): [string, Module][] {
  const name = relative(dirname(dirname(path)), path).replace(/\W+/g, "-");
  const target = join(folder, ".vitest", "types", name);
  const named: [string, Module][] = [];
  const others: Block[] = [];
  for (const block of blocksOf(path, isWanted)) {
    const file = /^\/\/ ([\w-]+\.ts)\n/.exec(block.code)?.[1];
    const lines = block.code.split("\n").map((_, i) => block.line + i);
    if (file) named.push([join(target, file), { page: path, text: block.code, lines }]);
    else others.push(block);
  }
  if (others.length > 0) named.push([join(target, "page.ts"), nested(path, others)]);
  return named;
}

/** The input of {@link typeErrors}. */
export interface TypeErrorsOptions {
  /** Chooses blocks by what stands behind the fence, such as `ts` or `js worker`. */
  readonly isWanted?: (info: string) => boolean;
  /** Sources that stand for packages, as in a `tsconfig.json`. */
  readonly paths?: ts.MapLike<string[]>;
}

/**
 * Compiles the `ts` and `js` blocks of pages in memory, all by one program, by the options of `tooling/tsconfig/base.json` with the types
 * of Node and of web pages. `js` blocks are checked as TypeScript too, since readers copy them into `.ts` files.
 *
 * @returns the errors, each as `page:line: TS2345 message`; and the number of modules that were compiled
 */
export function typeErrors(
  pages: readonly Page[],
  { isWanted = () => true, paths }: TypeErrorsOptions = {},
): { errors: string[]; modules: number } {
  const modules = new Map(pages.flatMap((page) => modulesOf(page, isWanted)));
  const { config } = ts.readConfigFile(baseConfig, ts.sys.readFile);
  const { options: base } = ts.parseJsonConfigFileContent(config, ts.sys, dirname(baseConfig));
  const lib = ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts", "lib.dom.d.ts"];
  const options: ts.CompilerOptions = {
    ...base,
    lib: [...lib, "lib.dom.iterable.d.ts", "lib.dom.asynciterable.d.ts"],
    types: ["node"],
    typeRoots: [fileURLToPath(new URL("node_modules/@types", import.meta.url))],
  };
  if (paths) options.paths = paths;
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  const folders = new Set([...modules.keys()].map(dirname));
  host.fileExists = (path) => modules.has(path) || fileExists(path);
  host.readFile = (path) => modules.get(path)?.text ?? readFile(path);
  host.directoryExists = (path) => folders.has(path) || ts.sys.directoryExists(path);
  const program = ts.createProgram([...modules.keys()], options, host);
  const errors = [...modules].flatMap(([path, { page, lines }]) => {
    const source = program.getSourceFile(path)!;
    const syntax = program.getSyntacticDiagnostics(source);
    return [...syntax, ...program.getSemanticDiagnostics(source)].map((error) => {
      const line = source.getLineAndCharacterOfPosition(error.start ?? 0).line;
      const message = ts.flattenDiagnosticMessageText(error.messageText, "\n");
      return `${page}:${lines[line] ?? lines.at(-1)}: TS${error.code} ${message}`;
    });
  });
  return { errors, modules: modules.size };
}
