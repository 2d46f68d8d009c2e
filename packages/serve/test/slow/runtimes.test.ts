/**
 * @file The handler alone in each runtime: Node, and what `DEEPGRAIN_RUNTIMES` names, as `deno run -A,bun`; and in workerd where
 *   `DEEPGRAIN_WORKERD` is the path of its program.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const source = (name: string) => fileURLToPath(new URL(`./runtimes/${name}`, import.meta.url));
const workerd = process.env.DEEPGRAIN_WORKERD;
const runtimes = [
  [process.execPath],
  ...(process.env.DEEPGRAIN_RUNTIMES ?? "")
    .split(",")
    .map((one) => one.trim().split(/\s+/).filter(Boolean))
    .filter((words) => words.length > 0),
];

const expected = { isSameText: true, isDone: true, running: "0", refused: 400, withoutKey: 401 };

const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .handler)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]);
const handler :Workerd.Worker = (
  modules = [
    (name = "start.mjs", esModule = "export { worker as default } from \\"worker.mjs\\";"),
    (name = "worker.mjs", esModule = embed "worker.mjs"),
    (name = "@deepgrain/tensor-gpu/kernels.wasm", wasm = embed "kernels.wasm")],
  compatibilityDate = "2025-09-01");
`;

describe("the handler alone", () => {
  let folder: string;
  const bundle = (entry: string, platform: "node" | "browser", outfile: string) =>
    build({
      entryPoints: [source(entry)],
      bundle: true,
      platform,
      format: "esm",
      conditions: ["@deepgrain/source"],
      external: ["@deepgrain/tensor-gpu/kernels.wasm", "node:*"],
      outfile: join(folder, outfile),
      logLevel: "error",
      banner: {
        js:
          platform === "node"
            ? 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);'
            : "",
      },
    });
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "deepgrain-runtimes-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(runtimes)("answers in %s", async (...command) => {
    await bundle("main.ts", "node", "main.mjs");
    const [program, ...args] = command;
    const run = promisify(execFile)(program!, [...args, join(folder, "main.mjs")]);
    expect(JSON.parse((await run).stdout)).toEqual(expected);
  });

  it.skipIf(!workerd)("answers in workerd, with kernels that are loaded as a module", async () => {
    await bundle("workerd.ts", "browser", "worker.mjs");
    const kernels = fileURLToPath(import.meta.resolve("@deepgrain/tensor-gpu/kernels.wasm"));
    await copyFile(kernels, join(folder, "kernels.wasm"));
    await writeFile(join(folder, "config.capnp"), config);
    const child = spawn(workerd!, ["serve", join(folder, "config.capnp"), "--control-fd=3"], {
      stdio: ["ignore", "ignore", "inherit", "pipe"],
    });
    try {
      const [line] = await once(child.stdio[3]!, "data");
      const { port } = JSON.parse(String(line).split("\n")[0]!);
      const response = await fetch(`http://127.0.0.1:${port}/`);
      expect(await response.json()).toEqual(expected);
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("has no module of Node in its bundle for pages", async () => {
    await bundle("program.ts", "browser", "page.mjs");
    expect(await readFile(join(folder, "page.mjs"), "utf8")).not.toMatch(/^import .*"node:/m);
  });
});
