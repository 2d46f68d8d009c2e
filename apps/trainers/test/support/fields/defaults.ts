/** @file The default that a function gives an option, read from its source. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** Functions and classes of all packages by name. */
export type Sources = ReadonlyMap<string, readonly ts.Node[]>;

/** The value of a literal in code; undefined where it is none. */
function literal(node: ts.Node): unknown {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isNumericLiteral(node)) return Number(node.text.replaceAll("_", ""));
  if (ts.isPrefixUnaryExpression(node)) return -(literal(node.operand) as number);
  if (ts.isArrayLiteralExpression(node)) return node.elements.map(literal);
  if (node.kind === ts.SyntaxKind.TrueKeyword) return true;
  return node.kind === ts.SyntaxKind.FalseKeyword ? false : undefined;
}

const declared = (statement: ts.Statement): readonly ts.Node[] =>
  ts.isVariableStatement(statement) ? statement.declarationList.declarations : [statement];

/** The name of a function, class or constant, also for `name.property = …`; undefined for anything else. */
function nameOf(node: ts.Node): string | undefined {
  if (
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isVariableDeclaration(node)
  )
    return node.name?.getText();
  if (!ts.isExpressionStatement(node) || !ts.isBinaryExpression(node.expression)) return undefined;
  const { left } = node.expression;
  return ts.isPropertyAccessExpression(left) ? left.expression.getText() : undefined;
}

/** The functions, classes and constants at the top of the sources of packages. */
export function sourcesOf(packages: string): Sources {
  const found = new Map<string, ts.Node[]>();
  for (const folder of readdirSync(packages)) {
    const source = join(packages, folder, "src");
    if (!existsSync(source)) continue;
    for (const name of readdirSync(source, { recursive: true, encoding: "utf8" })) {
      if (!name.endsWith(".ts") || name.endsWith("fields.ts")) continue;
      const text = readFileSync(join(source, name), "utf8");
      const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
      for (const node of file.statements.flatMap(declared)) {
        const own = nameOf(node);
        if (own !== undefined) found.set(own, [...(found.get(own) ?? []), node]);
      }
    }
  }
  return found;
}

/** What stands behind `option =` or `option:` in a declaration, and the names that it mentions. */
function read(root: ts.Node, option: string): { values: unknown[]; names: Set<string> } {
  const [values, names] = [[] as unknown[], new Set<string>()];
  const visit = (node: ts.Node): void => {
    if (ts.isBindingElement(node) && node.initializer) {
      if ((node.propertyName ?? node.name).getText() === option)
        values.push(literal(node.initializer));
    } else if (ts.isPropertyAssignment(node) && node.name.getText() === option) {
      const { initializer } = node; // a declaration of options: `n: whole({ min: 1 }, 8)`, or an object of defaults
      values.push(
        literal(
          ts.isCallExpression(initializer)
            ? (initializer.arguments.at(-1) ?? initializer)
            : initializer,
        ),
      );
    }
    if (ts.isIdentifier(node)) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return { values: values.filter((value) => value !== undefined), names };
}

const DEPTH = 5;

/**
 * The defaults of an option nearest to a function: its own, or those of what it calls.
 * @param depth 1 for its own alone. What is called is found by its name, which another function may have, too
 */
export function defaultsOf(sources: Sources, fn: string, option: string, depth = DEPTH): unknown[] {
  let level = [fn];
  const seen = new Set(level);
  for (let at = 0; at < depth; at++) {
    const found = level
      .flatMap((name) => sources.get(name) ?? [])
      .map((node) => read(node, option));
    const values = found.flatMap((one) => one.values);
    if (values.length > 0) return values;
    level = found
      .flatMap(({ names }) => [...names])
      .filter((name) => sources.has(name) && !seen.has(name));
    for (const name of level) seen.add(name);
  }
  return [];
}
