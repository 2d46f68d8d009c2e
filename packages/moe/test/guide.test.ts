import { fileURLToPath } from "node:url";
import { runPage } from "@deepgrain/vitest/readme";
import { expect, it } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));

it("runs the code of the guide to choosing a mixture", async () => {
  const [load, bias] = await runPage(folder, "docs/choosing-a-mixture.md");
  expect(load?.flat()[0]).toMatch(/block 1 +7168/); // 4 steps of 256 tokens, 7 choices each
  expect(bias).toEqual([[[16]]]);
});
