import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { collect, sourceCode } from "../src/index";

const folder = mkdtempSync(join(tmpdir(), "datasets-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(path: string, content: string | Uint8Array) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}
write("package.json", JSON.stringify({ name: "toy", version: "1.2.3" }));
write("b.ts", "b");
write("a/deep/x.py", "x");
write("a/types.d.ts", "declare");
write("a/.ts", "hidden");
write("lib.min.js", "m");
write("binary.js", Uint8Array.of(0xff, 0xfe, 0x41));
write("nul.js", "a\0b");
write("node_modules/other/index.js", "other");
symlinkSync(join(folder, "b.ts"), join(folder, "link.ts"));

describe("sourceCode", () => {
  it("reads the TypeScript of rxjs", async () => {
    const files = await collect(sourceCode("rxjs", { extensions: ["ts"], under: "src" }));
    expect(files.length).toBeGreaterThan(200);
    expect(files.every(({ path }) => path.startsWith("src/") && path.endsWith(".ts"))).toBe(true);
    expect(files.find(({ path }) => path === "src/internal/Observable.ts")).toMatchObject({
      package: "rxjs",
      version: "7.8.2",
      licence: "Apache-2.0",
      extension: "ts",
      language: "typescript",
      text: expect.stringContaining("export class Observable<T>"),
    });
    const paths = files.map(({ path }) => path);
    expect(await collect(sourceCode("rxjs", { extensions: [".ts"], under: "./src/" }))).toEqual(
      files,
    );
    expect(new Set(paths).size).toBe(paths.length);
  });

  it("reads the Python and JavaScript of node-gyp", async () => {
    const languages = new Set<string>();
    for await (const { language } of sourceCode("node-gyp")) languages.add(language);
    expect(languages).toContain("python");
    expect(languages).toContain("javascript");
  });

  it("sorts by path and leaves out links, nested packages, declarations, minified and binary files", async () => {
    const files = await collect(sourceCode("toy", { from: folder }));
    expect(files.map(({ path, licence }) => [path, licence])).toEqual([
      ["a/deep/x.py", "UNKNOWN"],
      ["b.ts", "UNKNOWN"],
    ]);
  });

  it("gives declarations and minified files to those who ask", async () => {
    const extensions = ["d.ts", "min.js"];
    const files = await collect(sourceCode("toy", { from: folder, extensions }));
    expect(files.map(({ path, language }) => [path, language])).toEqual([
      ["a/types.d.ts", "typescript"],
      ["lib.min.js", "javascript"],
    ]);
  });

  it.each(["../toy", "/etc", "a/b", "", "@scope", "."])("refuses the name %j", async (name) => {
    await expect(collect(sourceCode(name))).rejects.toMatchObject({ code: "ERR_RANGE" });
  });

  it("does not leave the package", async () => {
    const options = { from: folder, under: "a/../.." };
    await expect(collect(sourceCode("toy", options))).rejects.toMatchObject({ code: "ERR_RANGE" });
    await expect(collect(sourceCode("toy", { from: folder, under: "no" }))).rejects.toMatchObject({
      code: "ERR_MISSING_FILE",
    });
  });
});
