import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compareOptions } from "@deepgrain/vitest/public-options";
import { expect, it } from "vitest";

const path = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));

it("explains every option that the types offer, and no other", () => {
  const page = readFileSync(path("docs/options.md"), "utf8");
  expect(compareOptions(path("src/index.ts"), page)).toEqual({ missing: [], unknown: [] });
});
