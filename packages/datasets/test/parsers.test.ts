import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import * as root from "../src/index";
import * as parsers from "../src/parsers/index";

/** Sources that a module reaches through relative imports, itself included. */
function reach(url: URL, seen = new Map<string, string>()): Map<string, string> {
  if (seen.has(url.href)) return seen;
  const text = readFileSync(url, "utf8");
  seen.set(url.href, text);
  for (const [, path] of text.matchAll(/from "(\.[^"]+)"/g))
    reach(new URL(`${path}.ts`, url), seen);
  return seen;
}

it("keeps Node out of the parsers, so that they run in browsers", () => {
  const modules = reach(new URL("../src/parsers/index.ts", import.meta.url));
  expect(modules.size).toBeGreaterThan(8);
  for (const [, text] of modules) expect(text).not.toMatch(/node:|\bBuffer\b|\bprocess\b/);
});

it("offers every parser at the root too", () => {
  expect(root).toMatchObject({ ...parsers });
});
