import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readmeExample } from "@deepgrain/vitest/readme";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasChromium, PATIENCE_MS, withPage } from "../browser/support";

const packageFolder = fileURLToPath(new URL("../..", import.meta.url));
const WEIGHTS = { 0: 0.595, 4: 1.5, 8: 0.845, 14: 1.405, 31: 1.155, 33: 0.5 };

/** Packs the package and unpacks it into an empty project beside graphology and what that needs, nothing else. */
function installPacked(project: string): void {
  const stage = join(project, "stage");
  mkdirSync(stage);
  for (const name of ["package.json", "README.md", "src"])
    cpSync(join(packageFolder, name), join(stage, name), { recursive: true });
  execFileSync(
    join(packageFolder, "node_modules/.bin/tsup"),
    ["--silent", "--out-dir", join(stage, "dist")],
    {
      cwd: packageFolder,
      env: { ...process.env, DEEPGRAIN_BUILD: "run" },
    },
  );
  const packed = execFileSync("npm", ["pack", "--silent", "--ignore-scripts", "--offline"], {
    cwd: stage,
    encoding: "utf8",
  });
  const installed = join(project, "node_modules/@deepgrain/renode");
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", [
    "-xzf",
    join(stage, packed.trim()),
    "-C",
    installed,
    "--strip-components",
    "1",
  ]);
  rmSync(stage, { recursive: true });
  const graphology = realpathSync(join(packageFolder, "node_modules/graphology"));
  const events = join(dirname(graphology), "events");
  symlinkSync(graphology, join(project, "node_modules/graphology"), "dir");
  symlinkSync(realpathSync(events), join(project, "node_modules/events"), "dir");
}

/** Compares what the README's example logs, as JSON lines, with what the README says. */
function expectKarateWeights(lines: readonly string[]): void {
  const [weights, cover] = lines.map((line) => JSON.parse(line));
  expect(Object.keys(weights)).toEqual(Object.keys(WEIGHTS));
  expect(Object.values(weights)).toBeAllclose(Object.values(WEIGHTS), { atol: 5e-4 });
  expect(cover).toBe(1);
}

describe("the packed package in an empty project with graphology alone", {
  timeout: PATIENCE_MS,
}, () => {
  let project: string;
  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), "renode-packed-"));
    writeFileSync(join(project, "package.json"), '{ "type": "module" }\n');
    installPacked(project);
    const asJson =
      "const print = console.log; console.log = (value) => print(JSON.stringify(value));\n";
    writeFileSync(join(project, "example.js"), asJson + readmeExample(packageFolder));
  });
  afterAll(() => rmSync(project, { recursive: true, force: true }));

  it("weighs the karate club's labels in Node, as the README says", () => {
    const logged = execFileSync(process.execPath, ["example.js"], {
      cwd: project,
      encoding: "utf8",
    });
    expectKarateWeights(logged.trim().split("\n"));
  });

  it.skipIf(!hasChromium)("does the same in a page", async () => {
    const bundle = await build({
      absWorkingDir: project,
      entryPoints: ["example.js"],
      bundle: true,
      format: "esm",
      write: false,
      logLevel: "silent",
    });
    expect(bundle.warnings).toEqual([]);
    const lines: string[] = [];
    await withPage("<!doctype html>", async (page) => {
      page.on("console", (message) => lines.push(message.text()));
      await page.addScriptTag({ content: bundle.outputFiles[0]!.text, type: "module" });
      await expect.poll(() => lines.length, { timeout: PATIENCE_MS }).toBe(2);
    });
    expectKarateWeights(lines);
  });

  it("says what is missing when the networks are asked for without tensors", () => {
    const ask = () =>
      execFileSync(process.execPath, ["-e", 'import("@deepgrain/renode/gnn")'], {
        cwd: project,
        stdio: "pipe",
      });
    expect(ask).toThrow(/@deepgrain\/tensor-gpu/);
  });
});
