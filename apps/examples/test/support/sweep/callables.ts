/** @file Finds what users can call in a package, where it takes options, and which first arguments its declarations exclude. */
import ts from "typescript";
import { type PublicEntry, packages, programOf, publicEntries } from "../public-entries";

/** An exported function, class or method of one. */
export interface Callable {
  /** The imported name, such as `@deepgrain/lm`. */
  entry: string;
  /** Its path there: `loadModel`, `nn.Linear`, `totoro.events`, `CausalLM.prototype.forward`. */
  name: string;
  isClass: boolean;
  isMethod: boolean;
  /** Number of its parameters. */
  arity: number;
  /** Whether the type of the first parameter excludes null. */
  excludesNull: boolean;
  /** Whether it excludes an object without properties. */
  excludesEmpty: boolean;
  /** Places of options among the parameters. */
  optionsAt: readonly number[];
}

const PROBE = "/probe.ts";
const probe = "export const empty = {}; export const none: null = null;";

const isPublic = (declaration: ts.Declaration | undefined) =>
  !declaration ||
  !(ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.NonPublicAccessibilityModifier);

const isOurs = ({ declarations = [] }: ts.Symbol) =>
  declarations.some((one) => {
    const { fileName } = one.getSourceFile();
    return fileName.startsWith(packages) && !fileName.includes("/node_modules/");
  });

/** A parameter, and what a caller may pass as it. */
interface Parameter {
  readonly name: string;
  readonly type: ts.Type;
}

const isOptional = ({ flags }: ts.Symbol) => (flags & ts.SymbolFlags.Optional) !== 0;

const isMadeByGiven = (checker: ts.TypeChecker, type: ts.Type) =>
  type.isClassOrInterface() &&
  checker.getBaseTypes(type).some(({ aliasSymbol }) => aliasSymbol?.name === "Given");

/** Whether a parameter has options: an object that may be empty, or that it or its type calls so, declared in this repository. */
function isOptions(checker: ts.TypeChecker, { name: parameter, type: given }: Parameter): boolean {
  const type = checker.getNonNullableType(given);
  if (type.isUnion())
    return type.types.every((one) => isOptions(checker, { name: parameter, type: one }));
  const members = type.getProperties();
  if (type.getCallSignatures().length > 0 || type.isClass() || !members.every(isOurs)) return false;
  const name = type.aliasSymbol?.name ?? type.symbol?.name ?? "";
  const isSettings = name.endsWith("Config") && members.some(isOptional); // a parsed one is complete
  const isNamed = /(Options|Given)$/.test(name) || parameter === "options" || isSettings;
  const isWhole = members.length > 0 && members.every(isOptional);
  return isNamed || isWhole || isMadeByGiven(checker, type);
}

/** Facts about calls from the declarations. */
function reader(checker: ts.TypeChecker, probeFile: ts.SourceFile) {
  const [empty, none] = checker
    .getExportsOfModule(checker.getSymbolAtLocation(probeFile)!)
    .map((symbol) => checker.getTypeOfSymbolAtLocation(symbol, probeFile));

  /** The parameters of a signature; those of a rest parameter are as many as its tuple has, or one. */
  function parametersOf({ parameters }: ts.Signature, at: ts.Node): Parameter[] {
    return parameters.flatMap((parameter) => {
      const { name, valueDeclaration: declaration } = parameter;
      const type = checker.getTypeOfSymbolAtLocation(parameter, at);
      const isRest = declaration && ts.isParameter(declaration) && declaration.dotDotDotToken;
      const own = !isRest
        ? [type]
        : checker.isTupleType(type)
          ? checker.getTypeArguments(type as ts.TypeReference)
          : [checker.getIndexTypeOfType(type, ts.IndexKind.Number) ?? type];
      return own.map((one) => ({
        name,
        type: one.isTypeParameter() ? (checker.getBaseConstraintOfType(one) ?? one) : one,
      }));
    });
  }

  function excludes(all: readonly Parameter[][], value: ts.Type): boolean {
    return all.every(
      ([first]) =>
        first !== undefined &&
        !first.type.isTypeParameter() &&
        !checker.isTypeAssignableTo(value, first.type),
    );
  }

  return (
    { entry, name, isMethod }: Pick<Callable, "entry" | "name" | "isMethod">,
    type: ts.Type,
    at: ts.Node,
  ): Callable[] => {
    const constructors = type
      .getConstructSignatures()
      .filter(({ declaration }) => isPublic(declaration));
    const isClass = constructors.length > 0;
    const signatures = isClass ? constructors : type.getCallSignatures();
    if (signatures.length === 0) return [];
    const all = signatures.map((signature) => parametersOf(signature, at));
    const places = all.flatMap((own) => [...own.keys()].filter((i) => isOptions(checker, own[i]!)));
    return [
      {
        entry,
        name,
        isClass,
        isMethod,
        arity: Math.max(...all.map((own) => own.length)),
        excludesNull: excludes(all, none!),
        excludesEmpty: excludes(all, empty!),
        optionsAt: [...new Set(places)],
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

  /** A value, with the functions of a namespace, the methods of a class and the functions that a function has as properties. */
  function* visit(
    entry: string,
    name: string,
    exported: ts.Symbol,
    at: ts.Node,
  ): Generator<Callable> {
    const symbol =
      exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    if (!(symbol.flags & ts.SymbolFlags.Value) || isTypeOnly(exported)) return;
    if (symbol.flags & ts.SymbolFlags.ValueModule)
      for (const inner of checker.getExportsOfModule(symbol))
        yield* visit(entry, `${name}.${inner.name}`, inner, at);
    const type = checker.getTypeOfSymbolAtLocation(symbol, at);
    yield* callablesOf({ entry, name, isMethod: false }, type, at);
    const owned = (owner: ts.Type, path: string) =>
      owner
        .getProperties()
        .filter(
          (one) => isOurs(one) && isPublic(one.valueDeclaration) && !one.name.startsWith("__"),
        )
        .flatMap((one) =>
          callablesOf(
            { entry, name: `${path}.${one.name}`, isMethod: true },
            checker.getTypeOfSymbolAtLocation(one, at),
            at,
          ),
        );
    if (symbol.flags & ts.SymbolFlags.Class)
      yield* owned(checker.getDeclaredTypeOfSymbol(symbol), `${name}.prototype`);
    if (symbol.flags & ts.SymbolFlags.Class || type.getCallSignatures().length > 0)
      yield* owned(type, name);
  }

  for (const entry of all) {
    const file = program.getSourceFile(entry.path)!;
    const own = found.get(entry.folder) ?? { entries: [], callables: [] };
    found.set(entry.folder, own);
    own.entries.push(entry);
    for (const symbol of checker.getExportsOfModule(checker.getSymbolAtLocation(file)!))
      own.callables.push(...visit(entry.name, symbol.name, symbol, file));
  }
  return found;
}
