import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { tarballFaults } from "../check-tarball.mjs";
import { relativeLinks, withAddresses } from "../readme-links.mjs";
import { pack, toyFiles } from "./support/toy-package";

const folder = mkdtempSync(join(tmpdir(), "deepgrain-check-tarball-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const root = "/somewhere/deepgrain";
let count = 0;
const faults = (files: Record<string, string | undefined>, manifest: object = {}) => {
  const tarball = pack(join(folder, `toy-${count++}`), {
    ...toyFiles("@toy/one", manifest),
    ...files,
  });
  return tarballFaults(tarball, root);
};
const map = JSON.stringify({
  sources: ["../src/a.ts", "../node_modules/.x/node_modules/@a/b/c.js"],
});

it("has nothing to say about a package that is whole", () => {
  expect(faults({})).toEqual([]);
});

it.each<[string, Record<string, string | undefined>, string]>([
  [
    "a declaration",
    { "dist/index.d.ts": undefined },
    "lacks dist/index.d.ts, which exports . types names",
  ],
  ["the licence", { LICENSE: undefined }, "lacks LICENSE"],
  [
    "the entry of the version",
    { "CHANGELOG.md": "## 0.2.0\n\n- x\n" },
    "has no entry for 0.1.0 in CHANGELOG.md",
  ],
  [
    "a notice of bundled code",
    { "dist/index.js.map": map },
    "has code of @a/b and no notice of it",
  ],
  [
    "a link that npm's page has",
    { "README.md": "[docs](docs/a.md)" },
    "links to docs/a.md in README.md, which npm's page does not have",
  ],
  [
    "a picture that npm's page has",
    { "README.md": '<img src="a.png">' },
    "links to a.png in README.md, which npm's page does not have",
  ],
  [
    "a path of its own",
    { "dist/index.js": `const here = "${root}/a";` },
    `names the folder ${root} in dist/index.js`,
  ],
])("names what lacks %s", (_, files, expected) => {
  expect(faults(files)).toEqual([expected]);
});

it("names a range that only the repository has", () => {
  expect(faults({}, { dependencies: { a: "workspace:^" } })).toEqual([
    'asks for "workspace:^", which only this repository has',
  ]);
});

it("has addresses of the repository where links were relative, outside of code", () => {
  const url = "git+https://example.org/one.git";
  const manifest = { repository: { url, directory: "packages/one" } };
  const text = '[a](docs/a.md#b) [c](../../d.md) <img src="e.png"> [f](#g)\n```md\n[h](i)\n```\n';
  const home = "https://example.org/one";
  expect(withAddresses(text, manifest)).toBe(
    `[a](${home}/blob/main/packages/one/docs/a.md#b) [c](${home}/blob/main/d.md) ` +
      `<img src="${home}/raw/main/packages/one/e.png"> [f](#g)\n\`\`\`md\n[h](i)\n\`\`\`\n`,
  );
  expect(relativeLinks(withAddresses(text, manifest))).toEqual([]);
});

it("takes a notice beside bundled code, and relative links in blocks of code", () => {
  const files = {
    "dist/index.js.map": map,
    "dist/NOTICE.md": "@a/b: MIT",
    "README.md": "```md\n[a](b)\n```\n[c](#d)",
  };
  expect(faults(files)).toEqual([]);
});
