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
      if (ts.isMethodDeclaration(member) || ts.isConstructorDeclaration(member))
        destructuredNames(member, names);
  return names;
}

/**
 * The options of every public function and option type of a package.
 *
 * @param index path of the package's `src/index.ts`
 * @returns export → names of its options; exports without options are left out
 */
export function publicOptions(index: string): Map<string, string[]> {
  const program = ts.createProgram([index], {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    customConditions: ["@deepgrain/source"],
    noLib: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const file = checker.getSymbolAtLocation(program.getSourceFile(index)!);
  const options = new Map<string, string[]>();
  for (const exported of file ? checker.getExportsOfModule(file) : []) {
    const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
    const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
    const isOptionType = OPTION_TYPES.test(exported.name);
    const names = (symbol.declarations ?? []).flatMap((declaration) => [
      ...optionNames(declaration, isOptionType),
    ]);
    if (names.length > 0) options.set(exported.name, [...new Set(names)]);
  }
  return options;
}
