import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Generator } from "@deepgrain/tensor-gpu";
import { runPage } from "@deepgrain/vitest/readme";
import { tinyConfig } from "@deepgrain/vitest/tiny-configs";
import { expect, it } from "vitest";
import {
  CausalLM,
  loadModel,
  loadTokenizer,
  parseConfig,
  saveModel,
  saveTokenizer,
  trainBpe,
} from "../src";

const folder = fileURLToPath(new URL("..", import.meta.url));

/** Writes a model of bytes that is continued, a text to do so with, and one to mix in. */
async function writeBase(place: string): Promise<void> {
  const base = join(place, "base");
  const sizes = { vocab_size: 256, hidden_size: 16, num_attention_heads: 2 };
  const config = parseConfig(tinyConfig("llama", sizes));
  await saveModel(base, new CausalLM(config, { generator: new Generator(1) }));
  await saveTokenizer(base, { tokenizer: await trainBpe(["a b"], { vocabSize: 256 }) });
  await writeFile(join(place, "new.txt"), "A whale swims in the sea. ".repeat(40));
  await writeFile(join(place, "old.txt"), "one two three four ".repeat(20));
}

it("runs the code of the guide to training a model", async () => {
  const [evaluations, continued, generated] = await runPage(folder, "docs/training-a-model.md", {
    prepare: writeBase,
    async inspect(place, block) {
      if (block !== 1) return;
      const model = await loadModel(join(place, "continued"));
      expect(model.config.hiddenSize).toBe(16);
      expect((await loadTokenizer(join(place, "continued"))).vocabSize).toBe(256);
    },
  });
  expect(evaluations?.map(([step]) => step)).toEqual([20, 40]);
  const [first, last] = evaluations!.map(([, loss]) => Number(loss));
  expect(last).toBeLessThan(first!);
  const [[before] = [], [step, after] = []] = continued!;
  expect(step).toBe(20);
  expect(Number(after)).toBeLessThan(Number(before));
  expect(generated).toEqual([[5]]);
});

it("runs the code of the page on looking inside a model", async () => {
  const [hooks] = await runPage(folder, "docs/looking-inside.md");
  expect(hooks).toEqual([0, 1].map((layer) => [layer, [1, 4, 3, 3]]));
});
