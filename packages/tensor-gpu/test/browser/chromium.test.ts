import { readdirSync } from "node:fs";
import { describe, expect, inject, it } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** Path of the browser, undefined where there is none. */
    chromium: string | undefined;
    /** Arguments for WebGL 2 without a graphics card. */
    softwareWebGl: string[];
  }
}

const insidePages = readdirSync(new URL("./conformance", import.meta.url), { recursive: true })
  .map(String)
  .filter((path) => path.endsWith(".test.ts"));
const isThere = inject("chromium") !== undefined;

describe("Chromium", () => {
  it.skipIf(!isThere && !process.env.CI)("is there, as it must be in CI", () => {
    expect(isThere).toBe(true);
  });

  if (!isThere)
    it.skip.each(insidePages)("SKIPPED, apt-get install chromium to run conformance/%s", () => {});
});
