import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Logger } from "vite";
import { describe, expect, it, onTestFinished } from "vitest";

/** Public entries that promise to run in browsers. */
const entries = [
  ...[
    "tensor-gpu",
    "trainer",
    "moe",
    "lm",
    "lm/ai-sdk",
    "lm/fields",
    "align",
    "align/fields",
    "esft",
  ],
  ...["watermark", "watermark/fields", "renode", "renode/draw", "renode/fields", "renode/gnn"],
  ...["scaling-laws", "lab/charts", "icl-anchors", "icl-anchors/fields", "prm", "prm/fields"],
  ...[
    "fine-purify",
    "fine-purify/fields",
    "coder",
    "serve",
    "fedlt",
    "fedlt/fields",
    "fedlt/workers",
  ],
  ...["fedlt/secure", "datasets/parsers"],
];

const engine = fileURLToPath(
  new URL("../../../../packages/tensor-gpu/src/browser.ts", import.meta.url),
);

/** Vite's warnings while it builds a page that uses all of a module. */
async function warningsOf(module: string): Promise<string[]> {
  const app = fileURLToPath(new URL("../../", import.meta.url));
  const root = await mkdtemp(join(app, "node_modules", ".page-for-test-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await writeFile(join(root, "index.html"), '<script type="module" src="./main.js"></script>');
  await writeFile(join(root, "main.js"), `import * as all from "${module}"; console.log(all);`);
  const warned: string[] = [];
  const warn = (message: string) => void warned.push(message);
  const customLogger: Logger = {
    info: () => undefined,
    warn,
    warnOnce: warn,
    error: warn,
    clearScreen: () => undefined,
    hasErrorLogged: () => false,
    hasWarned: false,
  };
  await build({
    root,
    configFile: false,
    customLogger,
    define: { DEEPGRAIN_VERSION: '"0.0.0"' },
    resolve: {
      conditions: ["@deepgrain/source", "module", "browser", "production"],
      alias: [{ find: /^@deepgrain\/tensor-gpu$/, replacement: engine }],
    },
    build: { write: false, minify: false, chunkSizeWarningLimit: 5000 },
  });
  return warned;
}

describe("a page built by Vite", () => {
  it.each(entries)("uses all of @deepgrain/%s without a warning", async (entry) => {
    expect(await warningsOf(`@deepgrain/${entry}`)).toEqual([]);
  });
});
