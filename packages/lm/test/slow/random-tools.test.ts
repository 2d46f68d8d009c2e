import { setBackend } from "@deepgrain/tensor-gpu";
import { expect, it } from "vitest";
import { toolFormats } from "../../src/tools";
import { checkRandomTools } from "../tools/check-random-tools";
import { toolTokenizer } from "../tools/tool-models";

it("whole calls of 300 random tools validate, and at least 250 are whole", async () => {
  setBackend("wasm");
  const sums = { whole: 0, cut: 0, refused: 0, asked: 0 };
  for (const [seed, format] of toolFormats.entries()) {
    const how = { toolFormat: format, seed };
    const counts = await checkRandomTools(150, await toolTokenizer(format), how);
    for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += counts[name];
  }
  console.info(sums);
  expect(sums.asked).toBeGreaterThanOrEqual(300);
  expect(sums.whole).toBeGreaterThanOrEqual(250);
});
