import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import ts from "typescript";
import { afterAll, describe, expect, it, vi } from "vitest";
import { initialOf, readState } from "../../src/state/address-state";
import { type Program, programs } from "./support/programs";
import { readShipped } from "./support/shipped";
import { shownLines } from "./support/shown-numbers";

vi.mock("@deepgrain/coder/sandbox", async (original) => {
  const actual = await original<typeof import("@deepgrain/coder/sandbox")>();
  const { buildWorker } = await import("@deepgrain/vitest/sandbox-worker");
  const worker = await buildWorker(); // of the source, which has no built one
  const createSandbox: typeof actual.createSandbox = (options) =>
    actual.createSandbox({ worker, ...options });
  return { ...actual, createSandbox };
});

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Texts that fields may read: whatever one takes is drawn for it. */
const texts = fc.oneof(
  fc.integer({ min: 0, max: 200 }).map(String),
  fc.integer({ min: 0, max: 2 ** 31 - 1 }).map(String),
  fc.integer({ min: 0, max: 200 }).map((hundredths) => String(hundredths / 100)),
  fc.constantFrom(
    '"',
    "`",
    "a$" + "{x}",
    "\\",
    "</script>",
    "a\nb\r\u2028c",
    "👩‍🔬 né",
    "Hi",
    "cf",
    "owl",
  ),
  fc.constantFrom(
    ..."on off delete replace swap own wrong before after labels random last".split(" "),
  ),
  fc.constantFrom("owl hawk: red; tea cocoa: blue; coffee", "20.a10.d3", "20+10=30;30/3=11"),
  fc.constantFrom(..."miserables mixture 1.3.5 1-1.2-3 1-17.2-4 0-1.33-2 9-3".split(" ")),
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 196, maxLength: 196 }),
  fc.string({ minLength: 1, maxLength: 30 }),
);

/** Programs of drawn states. */
function drawn({ fields, codeOf }: Program): string[] {
  const parts = Object.entries(fields).map(([field, { read }]) =>
    fc
      .array(texts, { minLength: 30, maxLength: 30 })
      .map((all) => [field, all.find((text) => "value" in read(text))] as const),
  );
  return fc.sample(fc.tuple(...parts), { numRuns: 20, seed: 1 }).map((pairs) => {
    const hash = new URLSearchParams();
    for (const [field, text] of pairs) if (text !== undefined) hash.set(field, text);
    const { state, problems } = readState(fields, hash.toString());
    expect(problems).toEqual([]);
    return codeOf(state);
  });
}

/** What the compiler says of programs, by their names. */
function complaints(files: ReadonlyMap<string, string>): string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const all = {
    ...options,
    allowJs: true,
    checkJs: true,
    strict: false,
    noUncheckedIndexedAccess: false,
    exactOptionalPropertyTypes: false,
  };
  const host = ts.createCompilerHost(all);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.getSourceFile = (name, ...rest) => {
    const text = files.get(name);
    return text === undefined
      ? getSourceFile(name, ...rest)
      : ts.createSourceFile(name, text, ts.ScriptTarget.ES2022);
  };
  const program = ts.createProgram([...files.keys()], all, host);
  const found = [...files.keys()].flatMap((name) => {
    const source = program.getSourceFile(name)!;
    const all = [program.getSyntacticDiagnostics(source), program.getSemanticDiagnostics(source)];
    return all.flat().map(({ messageText, start = 0 }) => {
      const { line } = source.getLineAndCharacterOfPosition(start);
      const said = ts.flattenDiagnosticMessageText(messageText, " ").slice(0, 200);
      return `${source.text.split("\n")[line]!.slice(0, 100)}: ${said}`;
    });
  });
  return [...new Set(found)];
}

const folder = mkdtempSync(join(root, ".programs-"));
afterAll(() => rmSync(folder, { recursive: true }));

const served = "http://localhost:4173/recorded/";
let count = 0;

/** The lines that a program prints, where the site's files are served. */
async function printed(text: string): Promise<string[]> {
  const file = join(folder, `${count++}.mjs`);
  writeFileSync(file, text);
  const said: string[] = [];
  const log = vi
    .spyOn(console, "log")
    .mockImplementation((...parts) => void said.push(parts.join(" ")));
  const { fetch } = globalThis;
  const get = vi.spyOn(globalThis, "fetch").mockImplementation(async (address, options) => {
    if (!String(address).startsWith(served)) return fetch(address, options);
    return new Response(await readShipped(String(address).slice(served.length)));
  });
  try {
    await import(file);
    return said;
  } finally {
    log.mockRestore();
    get.mockRestore();
  }
}

/** Two states of each page. */
const cases: [name: string, state: Record<string, unknown>][] = [
  ["landing", {}],
  ["landing", { text: "to be", second: "or not", off: ["2"], begin: "tz", temperature: 1 }],
  ["mixture", { share: 2 }],
  ["mixture", { seed: 2, steps: 20, share: 3 }],
  ["watermark", {}],
  ["watermark", { attack: "replace", rate: 0.2, key: "wrong", seed: 3, strength: 4 }],
  ["graph", {}],
  ["graph", { graph: "miserables", seed: 2 }],
  ["anchors", {}],
  [
    "anchors",
    { where: "last", layers: 1, seed: 2, prompt: "owl hawk: red; tea cocoa: blue; coffee" },
  ],
  ["verifier", {}],
  ["verifier", { n: 5, made: "20.a10.d3", solution: "20+10=30;30/3=11", seed: 2 }],
  ["code", {}],
  ["code", { policy: "after", task: 3, n: 8, from: 40, to: 45 }],
  ["purify", {}],
  ["purify", { word: "glorp", rho: 0.9, text: "bread glorp and cheese" }],
  ["federated", { rounds: 4 }],
  ["federated", { rounds: 3, ratio: 20, second: "off", digit: "0f".repeat(98), seed: 2 }],
  ["scaling", {}],
  ["scaling", { budget: 12.5, hidden: 1 }],
  ["model", {}],
  ["model", { from: "mixture", prompt: 'The "whale"', temperature: 0, tokens: 40 }],
];

describe("programs that follow a page's state", () => {
  it("type-check on 20 drawn states of every page", () => {
    const files = new Map(
      Object.entries(programs).flatMap(([name, own]) =>
        drawn(own).map((text, i) => [join(root, `src/${name}-${i}.js`), text] as const),
      ),
    );
    expect(files.size).toBe(220);
    expect(complaints(files)).toEqual([]);
  });

  it.each(cases)("print what the page shows: %s %j", async (name, part) => {
    const { fields, codeOf } = programs[name]!;
    const state = { ...initialOf(fields), ...part };
    const lines = await printed(codeOf(state));
    expect(lines).toEqual(expect.arrayContaining(await shownLines[name]!(state)));
  });
});
