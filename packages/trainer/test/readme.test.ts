import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@deepgrain/vitest/readme";
import { expect, it } from "vitest";

it("shows an example in the README that runs and fits the curve", async () => {
  const logged = await runReadmeExample(fileURLToPath(new URL("..", import.meta.url)));
  expect(logged.length).toBe(300);
  const [step, loss] = logged.at(-1) as [number, number];
  expect(step).toBe(300);
  expect(loss).toBeLessThan(0.05);
});
