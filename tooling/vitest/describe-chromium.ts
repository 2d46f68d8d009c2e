import { readdirSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, inject, it } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** Path of the browser, undefined where there is none. */
    chromium: string | undefined;
    /** Arguments for WebGL 2 without a graphics card. */
    softwareWebGl: string[];
  }
}

/**
 * Asks for Chromium in CI. Elsewhere, where it is missing, names the tests that are skipped for it.
 * @param folders of the tests that run inside its pages
 */
export function describeChromium(...folders: URL[]): void {
  const isThere = inject("chromium") !== undefined;
  const insidePages = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true })
      .map((path) => relative(process.cwd(), `${fileURLToPath(folder)}/${path}`))
      .filter((path) => path.endsWith(".test.ts")),
  );

  describe("Chromium", () => {
    it.skipIf(!isThere && !process.env.CI)("is there, as it must be in CI", () => {
      expect(isThere).toBe(true);
    });

    if (!isThere)
      it.skip.each(insidePages)("SKIPPED, apt-get install chromium to run %s", () => {});
  });
}
