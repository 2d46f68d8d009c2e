/** @file Lists the options that a package offers, as its types say, so that a test can ask whether all are documented. */
import ts from "typescript";

/** Names of exported types whose fields are options. */
const OPTION_TYPES = /(Options|Config|Run|Update|Probe|Sizes|Method|Segmentation|InitialWeights)$/;

function memberNames(node: ts.Node, names: Set<string>): void {
  if (
    (ts.isPropertySignature(node) || ts.isPropertyDeclaration(node)) &&
    ts.isIdentifier(node.name)
  )
    names.add(node.name.text);
  if (ts.isFunctionTypeNode(node)) return; // what a callback gets is no option
  ts.forEachChild(node, (child) => memberNames(child, names));
}

/** Options that a function takes apart in its signature: `{ topP = 0.2 }`. */
function destructuredNames(node: ts.SignatureDeclaration, names: Set<string>): void {
  for (const parameter of node.parameters)
    if (ts.isObjectBindingPattern(parameter.name) && parameter.type)
      memberNames(parameter.type, names);
}

function optionNames(declaration: ts.Declaration, isOptionType: boolean): Set<string> {
  const names = new Set<string>();
  if (ts.isInterfaceDeclaration(declaration) || ts.isTypeAliasDeclaration(declaration)) {
    if (isOptionType) memberNames(declaration, names);
  } else if (ts.isFunctionDeclaration(declaration)) destructuredNames(declaration, names);
  else if (ts.isClassDeclaration(declaration))
    for (const member of declaration.members)
      if (
        (ts.isMethodDeclaration(member) || ts.isConstructorDeclaration(member)) &&
        (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private) === 0
      )
        destructuredNames(member, names);
  return names;
}

/** The package's own files; what they import from elsewhere does not matter here. */
function programOf(index: string): ts.Program {
  const settings: ts.CompilerOptions = {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    noLib: true,
    types: [],
  };
  const host = ts.createCompilerHost(settings);
  host.resolveModuleNameLiterals = (names, from) =>
    names.map(({ text }) =>
      text.startsWith(".")
        ? ts.resolveModuleName(text, from, settings, host)
        : { resolvedModule: undefined },
    );
  return ts.createProgram([index], settings, host);
}

/**
 * The options of every public function and option type of a package.
 *
 * @param index path of the package's `src/index.ts`
 * @returns export → names of its options; exports without options are left out
 */
export function publicOptions(index: string): Map<string, string[]> {
  const program = programOf(index);
  const checker = program.getTypeChecker();
  const file = checker.getSymbolAtLocation(program.getSourceFile(index)!);
  const options = new Map<string, string[]>();
  for (const exported of file ? checker.getExportsOfModule(file) : []) {
    const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
    const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
    if (exported.name.endsWith("Error")) continue;
    const isOptionType = OPTION_TYPES.test(exported.name);
    const names = (symbol.declarations ?? []).flatMap((declaration) => [
      ...optionNames(declaration, isOptionType),
    ]);
    if (names.length > 0) options.set(exported.name, [...new Set(names)]);
  }
  return options;
}

/** Names in the first column of the tables below each heading: `a: { b, c }` counts as a, b and c. */
function tableNames(section: string): string[] {
  const cells = [...section.matchAll(/^\| *(`[^|]*?) *\|/gm)].map(([, cell]) => cell!);
  return cells.flatMap((cell) => cell.match(/[A-Za-z]\w*/g) ?? []);
}

/**
 * The options that a page of Markdown explains: under each heading of second level that names exports in backticks, the
 * first column of its tables.
 *
 * @returns heading's exports → names
 */
export function documentedOptions(markdown: string): { exports: string[]; options: string[] }[] {
  return markdown.split(/^## /m).flatMap((section) => {
    const heading = section.slice(0, section.indexOf("\n"));
    const exports = [...heading.matchAll(/`(\w+)`/g)].map(([, name]) => name!);
    return /^`/.test(heading) ? [{ exports, options: tableNames(section) }] : [];
  });
}

/**
 * How a page of options differs from the types: `missing` is offered but not explained, `unknown` explained but not
 * offered, each as `Export.option`.
 */
export function compareOptions(
  index: string,
  markdown: string,
): { missing: string[]; unknown: string[] } {
  const offered = publicOptions(index);
  const sections = documentedOptions(markdown);
  const explained = (name: string) =>
    sections.filter(({ exports }) => exports.includes(name)).flatMap(({ options }) => options);
  const missing = [...offered].flatMap(([name, options]) =>
    options.filter((option) => !explained(name).includes(option)).map((o) => `${name}.${o}`),
  );
  const unknown = sections.flatMap(({ exports, options }) => {
    const known = exports.flatMap((name) => offered.get(name) ?? []);
    return options.filter((option) => !known.includes(option)).map((o) => `${exports[0]}.${o}`);
  });
  return { missing, unknown };
}
