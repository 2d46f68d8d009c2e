import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TypeErrorsOptions, typeErrors } from "../block-types";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "deepgrain-blocks-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Errors of a page with these blocks, without its path. */
function errorsOf(blocks: [info: string, code: string][], options?: TypeErrorsOptions): string[] {
  const path = join(folder, "page.md");
  const fenced = blocks.map(([info, code]) => `\`\`\`${info}\n${code}\n\`\`\`\n`);
  writeFileSync(path, `# A page\n\n${fenced.join("\nText.\n\n")}`);
  const { errors } = typeErrors([{ path, folder }], options);
  return errors.map((error) => error.slice(path.length + 1));
}

it("lets a block go on with the names and imports of earlier ones", () => {
  const first = 'import { readFileSync, writeFileSync } from "node:fs";\nconst name: string = "a";';
  const second =
    'import { readFileSync } from "node:fs";\nwriteFileSync(name, readFileSync("b"));\nconst name2 = name.at(0)!;';
  expect(
    errorsOf([
      ["ts", first],
      ["js", second],
    ]),
  ).toEqual([]);
});

it("names the line of the page, of imports as of code", () => {
  const first = "const list: number[] = [1];";
  const second = 'import { nothing } from "node:fs";\n\nlist[0].toFixed(1);';
  expect(
    errorsOf([
      ["ts", first],
      ["ts", second],
    ]),
  ).toEqual([
    expect.stringMatching(/^10: TS2305 .*nothing/),
    expect.stringMatching(/^12: TS2532 Object is possibly 'undefined'/),
  ]);
});

it("takes a block that begins with its name for a file that others import", () => {
  const blocks: [string, string][] = [
    ["ts", "// sum.ts\nexport const sum = (a: number, b: number) => a + b;"],
    ["ts", '// main.ts\nimport { sum } from "./sum.js";\nsum(1, "2");'],
  ];
  expect(errorsOf(blocks)).toEqual([expect.stringMatching(/^13: TS2345 /)]);
});

it("checks JavaScript as TypeScript, and leaves out what is not wanted", () => {
  const blocks: [string, string][] = [
    ["js", "const double = (x) => 2 * x;"],
    ["js worker", "const half = (x) => x / 2;"],
    ["json", "{}"],
  ];
  expect(errorsOf(blocks)).toHaveLength(2);
  expect(errorsOf(blocks, { isWanted: (info) => info === "js" })).toEqual([
    expect.stringMatching(/^4: TS7006 /),
  ]);
});
