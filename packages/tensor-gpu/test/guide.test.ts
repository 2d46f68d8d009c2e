import { fileURLToPath } from "node:url";
import { runPage } from "@deepgrain/vitest/readme";
import { expect, it } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));

it("runs the code of the guide to tensors in a page", async () => {
  const [threads, memory, replay] = await runPage(folder, "docs/tensors-in-a-page.md");
  expect(threads).toEqual([[2, true]]);
  expect(memory).toEqual([[[8], 1]]);
  expect(replay).toEqual([[[]]]);
});
