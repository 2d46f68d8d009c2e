/** @file The package as its users get it: every block of the README in Node, root and sandbox in a page. */
import { copyFileSync, createReadStream, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium as executablePath } from "@deepgrain/vitest/chromium";
import { type PackedProject, packedProject, readmeBlocks } from "@deepgrain/vitest/packed";
import { build } from "esbuild";
import { chromium } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fim } from "../../src";
import { flooding } from "../sandbox/support/hostile-programs";

const packageFolder = fileURLToPath(new URL("../..", import.meta.url));
/** A busy machine must not fail a test. */
const PATIENCE_MS = 240_000;
const engine = "@jitl/quickjs-wasmfile-release-sync";
let project: PackedProject;
beforeAll(() => {
  project = packedProject(packageFolder, ["quickjs-emscripten-core", engine]);
});
afterAll(() => project.remove());

describe("the packed package in an empty project", () => {
  it("prints in Node what the README says", async () => {
    const logged: string[][] = [];
    for (const block of readmeBlocks(packageFolder)) logged.push(await project.run(block));
    expect(logged).toEqual([
      ["[ 'util.py', 'main.py' ]", "true", "50"],
      ["add(1, 2) is -1, not 3", "budget"],
      ["0.5"],
      ["alphabetic", "[ [ 0, 2 ] ]", "1", "[ './a' ]", "//"],
    ]);
    expect(readdirSync(join(project.folder, "node_modules/@deepgrain"))).toEqual(["coder"]);
  });
});

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};

/** Serves the files of a folder on the loopback address. */
async function serveFolder(folder: string) {
  const server = createServer(({ url }, response) => {
    const name = url === "/" ? "/index.html" : url!;
    response.setHeader("content-type", types[extname(name)] ?? "text/plain");
    createReadStream(join(folder, name))
      .on("error", () => response.writeHead(404).end())
      .pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}

const page = `
import { fim } from "@deepgrain/coder";
import { createSandbox } from "@deepgrain/coder/sandbox";

const worker = new URL("./worker.js", import.meta.url);
const sandbox = createSandbox({ worker, limits: { instructions: 1_000_000 } });
const judged = async (code, tests, limits) =>
  (await sandbox.test({ language: "JavaScript", code }, tests, limits)).verdict;
const adds = [{ call: "add", arguments: [1, 2], equals: 3 }];
globalThis.found = Promise.all([
  fim("one two three", { rate: 1, random: () => 0.5 }),
  judged("const add = (a, b) => a + b;", adds),
  judged("const add = (a, b) => a - b;", adds),
  judged("for (;;);", adds),
  judged("const add = () => fetch('/');", adds),
  judged("const add = (a, b) => a + b;", "assert.equal(add(2, 2), 4);"),
  ...${JSON.stringify(flooding.map(({ code }) => code))}.map((code) =>
    judged(code, adds, { instructions: 500_000_000, killMs: ${PATIENCE_MS} })),
]);
`;

/** The block of the README that runs programs, with what it prints. */
const readme = () => `
globalThis.printed = [];
console.log = (text) => globalThis.printed.push(text);
${readmeBlocks(packageFolder).find((code) => code.includes("createSandbox()"))}
globalThis.hasEnded = true;
`;

describe.skipIf(!executablePath)("the packed package in a page", () => {
  it("moves middles, and runs programs in a worker with the verdicts of Node", async () => {
    writeFileSync(join(project.folder, "main.js"), page);
    writeFileSync(join(project.folder, "readme.js"), readme());
    const out = join(project.folder, "page");
    const packed = join(project.folder, "node_modules/@deepgrain/coder/dist/sandbox/worker.js");
    const { warnings } = await build({
      absWorkingDir: project.folder,
      entryPoints: { main: "main.js", readme: "readme.js", worker: packed },
      outdir: out,
      bundle: true,
      format: "esm",
      external: ["sucrase"],
      conditions: ["browser"],
      logLevel: "silent",
    });
    expect(warnings).toEqual([]);
    const scripts = ["main", "readme"].map(
      (name) => `<script type="module" src="${name}.js"></script>`,
    );
    writeFileSync(join(out, "index.html"), scripts.join(""));
    const { resolve } = createRequire(join(packageFolder, "package.json"));
    copyFileSync(resolve(`${engine}/wasm`), join(out, "emscripten-module.wasm"));
    const served = await serveFolder(out);
    const browser = await chromium.launch({ executablePath: executablePath! });
    try {
      const opened = await browser.newPage();
      opened.setDefaultTimeout(PATIENCE_MS);
      const errors: Error[] = [];
      opened.on("pageerror", (error) => errors.push(error));
      await opened.goto(served.url);
      expect(errors).toEqual([]);
      const found = await opened.waitForFunction(() => (globalThis as { found?: unknown }).found);
      const [moved, ...verdicts] = (await found.jsonValue()) as string[];
      expect(moved).toBe(fim("one two three", { rate: 1, random: () => 0.5 }));
      const floods = flooding.map(() => "memory");
      expect(verdicts).toEqual(["passed", "failed", "budget", "failed", "passed", ...floods]);
      await opened.waitForFunction(() => (globalThis as { hasEnded?: boolean }).hasEnded);
      const printed = await opened.evaluate(() => (globalThis as { printed?: unknown }).printed);
      expect(printed).toEqual(["add(1, 2) is -1, not 3", "budget"]);
    } finally {
      await browser.close();
      served.close();
    }
  });
});
