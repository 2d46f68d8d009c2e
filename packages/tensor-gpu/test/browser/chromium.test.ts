import { describe, expect, inject, it } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** Path of the browser, undefined where there is none. */
    chromium: string | undefined;
  }
}

describe("Chromium", () => {
  it("is there", () => {
    expect(inject("chromium")).toBeDefined();
  });
});
