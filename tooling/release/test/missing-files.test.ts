import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { missingFiles } from "../missing-files.mjs";
import { toyFiles, writeFiles } from "./support/toy-package";

const program = fileURLToPath(new URL("../missing-files.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "deepgrain-missing-files-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function toy(name: string, files: Record<string, string> = {}, manifest = {}): string {
  const place = join(folder, name);
  writeFiles(place, { ...toyFiles("@toy/one", manifest), ...files });
  return place;
}

it("finds nothing missing in a package that has what it names", () => {
  const schemas = { "./schemas/*.json": "./schemas/*.json", "./package.json": "./package.json" };
  const place = toy("whole", { "schemas/a.json": "{}" }, { exports: schemas });
  expect(missingFiles(place)).toEqual([]);
});

it.each([
  ["dist/index.d.ts", "exports . types"],
  ["dist/index.js", "exports . default"],
])("names %s, and what names it", (file, way) => {
  const place = toy(file.replaceAll("/", "-"));
  rmSync(join(place, file));
  expect(missingFiles(place)).toEqual([`lacks ${file}, which ${way} names`]);
});

it("names a program, and files of a pattern of which there are none", () => {
  const manifest = { bin: { one: "./dist/main.js" }, exports: { "./*": "./schemas/*.json" } };
  expect(missingFiles(toy("patterns", {}, manifest))).toEqual([
    "lacks schemas/*.json, which exports ./* names",
    "lacks dist/main.js, which bin one names",
  ]);
});

it("names the parts of modules and declarations", () => {
  const place = toy("parts", {
    "dist/index.js": "import {\n  a\n} from './a.js';\nexport * from \"./there.js\";\n",
    "dist/index.d.ts": "import { A } from './a-1.js';\nexport { A };\n",
    "dist/there.js": "const text = \"import x from './none.js'\";\n",
    "dist/templates/page.js": "import x from './node_modules/x/index.js';\n",
  });
  expect(missingFiles(place)).toEqual([
    "lacks dist/a-1.d.ts, which dist/index.d.ts names",
    "lacks dist/a.js, which dist/index.js names",
  ]);
});

it("refuses as a program, with a line that says what to do", () => {
  const place = toy("program");
  const run = () => spawnSync(process.execPath, [program], { cwd: place, encoding: "utf8" });
  expect(run()).toMatchObject({ status: 0, stdout: "", stderr: "" });
  rmSync(join(place, "dist/index.d.ts"));
  expect(run()).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(
      /^@toy\/one: lacks dist\/index.d.ts, .*; build it with: npm run build\n$/,
    ),
  });
});
