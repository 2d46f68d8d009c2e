import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, resolve } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { dependenciesOf, importsOf } from "../../src";

const folderOf = (name: string) => {
  const entry = createRequire(import.meta.url).resolve(name);
  return `${entry.slice(0, entry.lastIndexOf(`/node_modules/${name}/`))}/node_modules/${name}`;
};

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.[cm]?[jt]sx?$/.test(path) && !/umd/.test(path)) yield path;
  }
}

const options: ts.CompilerOptions = {
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  module: ts.ModuleKind.ESNext,
  allowJs: true,
  resolveJsonModule: true,
};

const languageOf = (path: string) => (/\.[cm]?tsx?$/.test(path) ? "TypeScript" : "JavaScript");

/** `export * as x from`, which TypeScript's scanner misses, counts as found by it. */
const exportsAs = (text: string) =>
  [...text.matchAll(/^export \* as [\w$]+ from ["']([^"']+)["']/gm)].map(
    ([, specifier]) => specifier!,
  );

describe.each(["rxjs", "hono"])("imports of %s", (name) => {
  const folder = folderOf(name);
  const files = [...sources(folder)];
  const paths = files.map((file) => relative(folder, file));

  it("are those that TypeScript's scanner finds", () => {
    expect(files.length).toBeGreaterThan(300);
    for (const file of files) {
      const text = readFileSync(file, "utf8");
      const scanned = ts
        .preProcessFile(text, true, true)
        .importedFiles.map((each) => each.fileName);
      const expected = new Set([...scanned, ...exportsAs(text)]);
      expect([file, new Set(importsOf(text, languageOf(file)))]).toEqual([file, expected]);
    }
  });

  it("lead to the files to which TypeScript resolves them", () => {
    const known = new Set(paths);
    const resolved = (specifier: string, file: string) => {
      const found = ts.resolveModuleName(specifier, resolve(file), options, ts.sys).resolvedModule;
      return found === undefined ? undefined : relative(folder, found.resolvedFileName);
    };
    for (const file of files.filter((_, i) => i % 3 === 0)) {
      const text = readFileSync(file, "utf8");
      const path = relative(folder, file);
      const expected = importsOf(text, languageOf(file))
        .filter((specifier) => /^\.{1,2}(?:\/|$)/.test(specifier))
        .map((specifier) => resolved(specifier, file))
        .filter((target) => target !== undefined && target !== path && known.has(target));
      expect([path, new Set(dependenciesOf({ path, text }, paths))]).toEqual([
        path,
        new Set(expected),
      ]);
    }
  });
});
