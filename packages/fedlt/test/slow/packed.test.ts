import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { natsIsMissing } from "@deepgrain/vitest/servers";
import { build } from "tsup";
import ts from "typescript";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readmeBlocks } from "../support/readme-blocks";

const root = fileURLToPath(new URL("../..", import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "deepgrain-packed-"));
  const [source, app] = [join(folder, "source"), join(folder, "app/node_modules")];
  mkdirSync(join(app, "@deepgrain"), { recursive: true });
  const names = [
    "longtail/models",
    ...["nats", "node", "secure", "websocket", "workers"].map((name) => `federation/${name}`),
  ];
  await build({
    entry: Object.fromEntries([
      ["index", `${root}src/index.ts`],
      ...names.map((name) => [basename(name), `${root}src/${name}/index.ts`]),
    ]),
    outDir: join(source, "dist"),
    format: ["esm"],
    target: "es2022",
    platform: "neutral",
    config: false,
    silent: true,
    dts: false,
    external: [/^node:/, /^(?!@deepgrain\/support(?:\/|$))[^./]/],
    splitting: true,
  });
  for (const name of ["package.json", "README.md"]) cpSync(`${root}${name}`, join(source, name));
  const tarball = execFileSync("npm", ["pack", "--silent", "--ignore-scripts"], {
    cwd: source,
    encoding: "utf8",
  }).trim();
  execFileSync("tar", ["-xzf", join(source, tarball), "-C", join(app, "@deepgrain")]);
  execFileSync("mv", [join(app, "@deepgrain/package"), join(app, "@deepgrain/fedlt")]);
  for (const name of ["pure-rand", "@nats-io"])
    symlinkSync(`${root}node_modules/${name}`, join(app, name));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("prints what the README says when it is run from the packed tarball", () => {
  expect(readdirSync(join(folder, "app/node_modules/@deepgrain/fedlt")).sort()).toEqual([
    "README.md",
    "dist",
    "package.json",
  ]);
  for (const [i, { code, prints, needsBroker }] of readmeBlocks().entries()) {
    if (needsBroker && natsIsMissing) continue;
    const file = join(folder, "app", `${i}.mjs`);
    const compilerOptions = { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext };
    writeFileSync(file, ts.transpileModule(code, { compilerOptions }).outputText);
    const output = execFileSync(process.execPath, [file], {
      cwd: join(folder, "app"),
      encoding: "utf8",
    });
    expect(output.trimEnd().split("\n")).toEqual(prints);
  }
});
