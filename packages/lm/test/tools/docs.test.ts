import { fileURLToPath } from "node:url";
import { runPage } from "@deepgrain/vitest/readme";
import { expect, it } from "vitest";

it("runs the code of the guide to tools", async () => {
  const folder = fileURLToPath(new URL("../..", import.meta.url));
  expect(await runPage(folder, "docs/tools.md")).toEqual([[["tool-calls"], [["city"]]]]);
});
