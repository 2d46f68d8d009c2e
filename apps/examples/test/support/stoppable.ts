/** @file Finds the exported functions of all packages that take a signal, and whether they give the event loop a turn. */
import ts from "typescript";
import { packages, programOf, publicEntries } from "./public-entries";

/** A function that users call with a signal. */
export interface StoppableFunction {
  /** Package and function, such as `lm/generate`. */
  name: string;
  /** Whether a call of `takeTurn` can be reached from its body. */
  takesTurns: boolean;
}

/** The options among the parameters of a function that have a signal. */
function hasSignal(checker: ts.TypeChecker, type: ts.Type, at: ts.Node): boolean {
  return type.getCallSignatures().some(({ parameters }) =>
    parameters.some((parameter) => {
      const given = checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(parameter, at));
      const parts = given.isUnion() ? given.types : [given];
      return parts.some((part) => checker.getPropertyOfType(part, "signal") !== undefined);
    }),
  );
}

/** Finds out which functions lead to a call of `takeTurn`. */
function turnFinder(checker: ts.TypeChecker) {
  const known = new Map<ts.Symbol, boolean>();
  const original = (symbol: ts.Symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  function bodiesOf(symbol: ts.Symbol): ts.Node[] {
    return (symbol.declarations ?? []).filter(
      (node) =>
        node.getSourceFile().fileName.startsWith(packages) &&
        (ts.isFunctionDeclaration(node) ||
          ts.isMethodDeclaration(node) ||
          ts.isClassDeclaration(node) ||
          (ts.isVariableDeclaration(node) && node.initializer !== undefined)),
    );
  }
  return function takesTurns(given: ts.Symbol): boolean {
    const symbol = original(given);
    const found = known.get(symbol);
    if (found !== undefined) return found;
    known.set(symbol, false); // while it is looked at
    const visit = (node: ts.Node): boolean => {
      if (ts.isTypeNode(node)) return false;
      if (ts.isIdentifier(node)) {
        if (node.text === "takeTurn") return true;
        const used = checker.getSymbolAtLocation(node);
        return used !== undefined && used !== symbol && takesTurns(used);
      }
      return ts.forEachChild(node, visit) === true;
    };
    const result = bodiesOf(symbol).some((node) => ts.forEachChild(node, visit) === true);
    known.set(symbol, result);
    return result;
  };
}

/** Every exported function with a signal among its options, by name. */
export function stoppableFunctions(): StoppableFunction[] {
  const all = publicEntries();
  const program = programOf(all.map(({ path }) => path));
  const checker = program.getTypeChecker();
  const takesTurns = turnFinder(checker);
  const found = new Map<string, boolean>();
  for (const { folder: name, path } of all) {
    const file = program.getSourceFile(path)!;
    for (const symbol of checker.getExportsOfModule(checker.getSymbolAtLocation(file)!)) {
      const type = checker.getTypeOfSymbolAtLocation(symbol, file);
      if (hasSignal(checker, type, file)) found.set(`${name}/${symbol.name}`, takesTurns(symbol));
    }
  }
  return [...found].map(([name, turns]) => ({ name, takesTurns: turns }));
}
