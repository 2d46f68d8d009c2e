/** @file An editor shows the comment above a declared option where it is passed, and jumps to its declaration. */
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Calls with options by name: where the option is passed, where it is declared and what its comment says. */
const calls: readonly {
  package: string;
  code: string;
  option: string;
  file: string;
  comment: RegExp;
}[] = [
  {
    package: "moe",
    code: 'topKGate({} as never, { experts: 8, topK: 2, scoring: "sigmoid" });',
    option: "scoring",
    file: "src/router/router-config.ts",
    comment: /function from logits to scores/,
  },
  {
    package: "moe",
    code: "new MoeLayer({ hiddenSize: 8, expertSize: 8, experts: 8, topK: 2 });",
    option: "topK",
    file: "src/router/router-config.ts",
    comment: /Experts a token passes/,
  },
  {
    package: "moe",
    code: "new MoeLayer({ hiddenSize: 8, expertSize: 8, experts: 8, topK: 2, initStd: 0.1 });",
    option: "initStd",
    file: "src/layer/initial-weights.ts",
    comment: /Deviation of the experts' normal weights/,
  },
  {
    package: "moe",
    code: "new MoeLayer({ hiddenSize: 8, expertSize: 8, experts: 8, topK: 2, drop: { tokens: { devices: 2 } } });",
    option: "devices",
    file: "src/drop/apply-drops.ts",
    comment: /Devices of consecutive experts/,
  },
  {
    package: "moe",
    code: "monitorLoad([], { deadAfter: 5 });",
    option: "deadAfter",
    file: "src/diagnostics/load-monitor.ts",
    comment: /Steps without a token/,
  },
];

/** A language service over one file that makes all calls of a package. */
function editorOf(packageName: string) {
  const folder = join(root, "packages", packageName);
  const file = join(folder, "src/editor.ts");
  const own = calls.filter((call) => call.package === packageName).map(({ code }) => code);
  const names = own.map((code) => /^(?:new )?(\w+)/.exec(code)![1]!);
  const text = `import { ${[...new Set(names)].join(", ")} } from "./index";\n${own.join("\n")}\n`;
  const { options } = ts.parseJsonConfigFileContent(
    { extends: "@deepgrain/tsconfig/base.json", files: [] },
    ts.sys,
    folder,
  );
  const service = ts.createLanguageService({
    getScriptFileNames: () => [file],
    getScriptVersion: () => "1",
    getScriptSnapshot(name) {
      const content = name === file ? text : ts.sys.readFile(name);
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    },
    getCurrentDirectory: () => folder,
    getCompilationSettings: () => ({ ...options, types: ["node"] }),
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (name) => name === file || ts.sys.fileExists(name),
    readFile: (name) => (name === file ? text : ts.sys.readFile(name)),
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  });
  return { service, file, text };
}

const packages = [...new Set(calls.map((call) => call.package))];
const editors = new Map(packages.map((name) => [name, editorOf(name)]));

it.each(packages)("find nothing wrong with the calls of %s", (name) => {
  const { service, file } = editors.get(name)!;
  expect(service.getSemanticDiagnostics(file).map(({ messageText }) => messageText)).toEqual([]);
});

it.each(calls)("know the option $option of $package: $file", (call) => {
  const { service, file, text } = editors.get(call.package)!;
  const position = text.indexOf(call.code) + call.code.indexOf(`${call.option}:`);
  const hover = service.getQuickInfoAtPosition(file, position)!;
  expect(ts.displayPartsToString(hover.documentation)).toMatch(call.comment);

  const [definition] = service.getDefinitionAtPosition(file, position)!;
  const { fileName, textSpan } = definition!;
  expect(relative(join(root, "packages", call.package), fileName)).toBe(call.file);
  const declaration = readFileSync(fileName, "utf8").slice(textSpan.start);
  expect(declaration).toMatch(new RegExp(`^${call.option}\\b`));
});
