import { fileURLToPath } from "node:url";
import { runPage } from "@deepgrain/vitest/readme";
import { expect, it } from "vitest";

it("runs the code of the guide to JSON schemas", async () => {
  const folder = fileURLToPath(new URL("../..", import.meta.url));
  expect(await runPage(folder, "docs/json-schema.md")).toEqual([[[["word", "sure"]]]]);
});
