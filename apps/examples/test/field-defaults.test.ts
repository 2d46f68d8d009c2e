import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, it } from "vitest";

const packages = fileURLToPath(new URL("../../../packages/", import.meta.url));

/** Fields whose default is the command line's, and differs from the defaults of every function that has such an option. */
const others: Readonly<Record<string, string>> = {
  "fedlt/clients": "of a split; without it, dpFedAvg's own is of the whole population",
  "fine-purify/epochs": "of an attack on an encoder, which is short; fineTune is a defence",
  "fine-purify/steps": "of pre-training an encoder; elsewhere steps are of fine-tuning",
  "lm/batchSize": "of a training; packSequences gives single rows",
  "lm/temperature": "of deepgrain generate; the batcher's is greedy",
  "prm/method": "of deepgrain prm search; a curve over n has weighted votes",
  "prm/separator": "spelled as on a command line",
  "renode/epochs": "of networks; PPRGo has more, shorter ones",
};

const textOf = (value: unknown) => JSON.stringify(value);

/** The value of a literal in code; undefined where it is none. */
function literal(node: ts.Node): unknown {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isNumericLiteral(node)) return Number(node.text.replaceAll("_", ""));
  if (ts.isPrefixUnaryExpression(node)) return -(literal(node.operand) as number);
  if (ts.isArrayLiteralExpression(node)) return node.elements.map(literal);
  if (node.kind === ts.SyntaxKind.TrueKeyword) return true;
  return node.kind === ts.SyntaxKind.FalseKeyword ? false : undefined;
}

/** Every `option = default` of destructured options, by option. */
function defaultsIn(folder: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const visit = (node: ts.Node): void => {
    if (ts.isBindingElement(node) && node.initializer && ts.isObjectBindingPattern(node.parent)) {
      const name = (node.propertyName ?? node.name).getText();
      const value = literal(node.initializer);
      if (value !== undefined) found.set(name, (found.get(name) ?? new Set()).add(textOf(value)));
    }
    ts.forEachChild(node, visit);
  };
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts")) continue;
    const text = readFileSync(join(folder, file), "utf8");
    visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  }
  return found;
}

it("gives a field the default of the function that it describes", async () => {
  const differing: string[] = [];
  let compared = 0;
  for (const name of readdirSync(packages)) {
    const source = join(packages, name, "src");
    if (!existsSync(join(source, "fields.ts"))) continue;
    const defaults = defaultsIn(source);
    const { fields } = await import(join(source, "fields.ts"));
    for (const [option, field] of Object.values(fields).flatMap((list) =>
      Object.entries(list as object),
    ))
      if (field.default !== undefined && defaults.has(option)) {
        compared++;
        if (!defaults.get(option)!.has(textOf(field.default))) differing.push(`${name}/${option}`);
      }
  }
  expect(compared).toBeGreaterThan(100);
  expect(differing.toSorted()).toEqual(Object.keys(others).toSorted());
});
