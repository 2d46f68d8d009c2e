import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@deepgrain/vitest/readme";
import { expect, it } from "vitest";

it("runs the README's example", async () => {
  const logged = await runReadmeExample(fileURLToPath(new URL("..", import.meta.url)));
  expect(logged).toEqual([[400]]);
});
