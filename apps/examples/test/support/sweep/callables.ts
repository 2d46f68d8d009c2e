/** @file Finds what users can call in a package, and which first arguments its declarations exclude. */
import ts from "typescript";
import { type PublicEntry, programOf, publicEntries } from "../public-entries";

/** An exported function or class. */
export interface Callable {
  /** The imported name, such as `@deepgrain/lm`. */
  entry: string;
  /** Its name there; of a namespace's members with the namespace, as `nn.Linear`. */
  name: string;
  isClass: boolean;
  /** Whether the type of the first parameter excludes null. */
  excludesNull: boolean;
  /** Whether it excludes an object without properties. */
  excludesEmpty: boolean;
  /** Place of the options among the parameters; undefined if it takes none. */
  optionsAt: number | undefined;
}

const PROBE = "/probe.ts";
const probe = "export const empty = {}; export const none: null = null;";

/** Facts about calls from the declarations. */
function reader(checker: ts.TypeChecker, probeFile: ts.SourceFile) {
  const [empty, none] = checker
    .getExportsOfModule(checker.getSymbolAtLocation(probeFile)!)
    .map((symbol) => checker.getTypeOfSymbolAtLocation(symbol, probeFile));

  /** The type that a caller may pass as a parameter. */
  function typeOf(parameter: ts.Symbol, at: ts.Node): ts.Type {
    const declaration = parameter.valueDeclaration;
    const type = checker.getTypeOfSymbolAtLocation(parameter, at);
    const isRest = declaration && ts.isParameter(declaration) && declaration.dotDotDotToken;
    const own = isRest ? (checker.getIndexTypeOfType(type, ts.IndexKind.Number) ?? type) : type;
    return own.isTypeParameter() ? (checker.getBaseConstraintOfType(own) ?? own) : own;
  }
  const isOpen = (type: ts.Type) => type.isTypeParameter();

  function excludes(signatures: readonly ts.Signature[], value: ts.Type, at: ts.Node): boolean {
    return signatures.every(({ parameters: [first] }) => {
      if (!first) return false;
      const type = typeOf(first, at);
      return !isOpen(type) && !checker.isTypeAssignableTo(value, type);
    });
  }

  function isOptions(parameter: ts.Symbol, at: ts.Node): boolean {
    const type = checker.getNonNullableType(typeOf(parameter, at));
    const name = type.aliasSymbol?.name ?? type.symbol?.name ?? "";
    return parameter.name === "options" || name.endsWith("Options");
  }

  return (entry: string, name: string, type: ts.Type, at: ts.Node): Callable[] => {
    const constructors = type
      .getConstructSignatures()
      .filter(
        ({ declaration }) =>
          !declaration ||
          !(
            ts.getCombinedModifierFlags(declaration) &
            ts.ModifierFlags.NonPublicAccessibilityModifier
          ),
      );
    const isClass = constructors.length > 0;
    const signatures = isClass ? constructors : type.getCallSignatures();
    if (signatures.length === 0) return [];
    const longest = signatures.reduce((a, b) =>
      b.parameters.length > a.parameters.length ? b : a,
    );
    const optionsAt = longest.parameters.findLastIndex((parameter) => isOptions(parameter, at));
    return [
      {
        entry,
        name,
        isClass,
        excludesNull: excludes(signatures, none!, at),
        excludesEmpty: excludes(signatures, empty!, at),
        optionsAt: optionsAt < 0 ? undefined : optionsAt,
      },
    ];
  };
}

/** Whether a class is exported as a type: its values come from functions. */
const isTypeOnly = ({ declarations = [] }: ts.Symbol) =>
  declarations.some(ts.isTypeOnlyExportDeclaration);

/** Everything that users can call in every public package, by the package's folder. */
export function publicCallables(): Map<string, { entries: PublicEntry[]; callables: Callable[] }> {
  const all = publicEntries().filter(({ name }) => !name.endsWith("/worker")); // a thread, which begins when it is imported
  const program = programOf(
    all.map(({ path }) => path),
    { [PROBE]: probe },
  );
  const checker = program.getTypeChecker();
  const callablesOf = reader(checker, program.getSourceFile(PROBE)!);
  const found = new Map<string, { entries: PublicEntry[]; callables: Callable[] }>();
  for (const entry of all) {
    const file = program.getSourceFile(entry.path)!;
    const own = found.get(entry.folder) ?? { entries: [], callables: [] };
    found.set(entry.folder, own);
    own.entries.push(entry);
    for (const symbol of checker.getExportsOfModule(checker.getSymbolAtLocation(file)!)) {
      const original =
        symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      if (!(original.flags & ts.SymbolFlags.Value) || isTypeOnly(symbol)) continue;
      if (original.flags & ts.SymbolFlags.ValueModule) {
        for (const inner of checker.getExportsOfModule(original)) {
          const type = checker.getTypeOfSymbolAtLocation(inner, file);
          own.callables.push(
            ...callablesOf(entry.name, `${symbol.name}.${inner.name}`, type, file),
          );
        }
      }
      const type = checker.getTypeOfSymbolAtLocation(original, file);
      own.callables.push(...callablesOf(entry.name, symbol.name, type, file));
    }
  }
  return found;
}
