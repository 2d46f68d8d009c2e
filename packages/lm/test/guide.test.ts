import { fileURLToPath } from "node:url";
import { runPage } from "@deepgrain/vitest/readme";
import { expect, it } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));

it("runs the code of the guide to training a model", async () => {
  const [evaluations, generated] = await runPage(folder, "docs/training-a-model.md");
  expect(evaluations?.map(([step]) => step)).toEqual([20, 40]);
  const [first, last] = evaluations!.map(([, loss]) => Number(loss));
  expect(last).toBeLessThan(first!);
  expect(generated).toEqual([[5]]);
});

it("runs the code of the page on looking inside a model", async () => {
  const [hooks] = await runPage(folder, "docs/looking-inside.md");
  expect(hooks).toEqual([0, 1].map((layer) => [layer, [1, 4, 3, 3]]));
});
