import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CausalLM, parseConfig, saveModel, saveTokenizer, trainBpe } from "@deepgrain/lm";
import { Generator, nn, openFolder, saveTensors } from "@deepgrain/tensor-gpu";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { expect, it } from "vitest";
import { call } from "../call";

/** A folder in Qwen2.5-Math-PRM's form with random weights and a tokenizer of bytes and special tokens. */
async function qwenFolder(headNames: readonly string[]): Promise<string> {
  const folder = await temporaryFolder();
  const specialTokens = ["<|im_start|>", "<|im_end|>", "<extra_0>"];
  const tokenizer = await trainBpe(["hello"], { vocabSize: 259, specialTokens, minFrequency: 1 });
  await saveTokenizer(folder, { tokenizer, config: { eos_token: "<|im_end|>" } });
  const config = parseConfig({
    model_type: "qwen2",
    vocab_size: 259,
    hidden_size: 16,
    intermediate_size: 16,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    num_key_value_heads: 1,
    max_position_embeddings: 256,
  });
  const generator = new Generator(1);
  await saveModel(folder, new CausalLM(config, { generator }));
  const file = await openFolder(folder);
  const stored = await Promise.all(
    file.names.map(async (name) => ({ name, ...(await file.readFloat32(name)) })),
  );
  await file.close();
  const layers = [
    new nn.Linear(16, 16, { bias: true, generator }),
    new nn.Linear(16, 2, { bias: true, generator }),
  ];
  const head = layers.flatMap(({ weight, bias }) => [weight, bias!]);
  const tensors = new Map([
    ...stored.map(({ name, shape, data }) => [name, { shape, data }] as const),
    ...headNames.map(
      (name, i) =>
        [name, { shape: head[i]!.shape, data: head[i]!.dataSync() as Float32Array }] as const,
    ),
  ]);
  await saveTensors(folder, "model.safetensors", tensors);
  const path = join(folder, "config.json");
  const before = JSON.parse(await readFile(path, "utf8"));
  const architectures = ["Qwen2ForProcessRewardModel"];
  await writeFile(path, JSON.stringify({ ...before, architectures }));
  return folder;
}

const typed = ["--problem", "1 + 1?", "--solution", "it is 2\\nThe answer is: 2", "--json"];
const names = ["score.0.weight", "score.0.bias", "score.2.weight", "score.2.bias"];

it("prm score takes a folder of Qwen2.5-Math-PRM, and refuses one without its head", async () => {
  const scored = await call(["prm", "score", "--scorer", await qwenFolder(names), ...typed]);
  expect(scored, scored.err).toMatchObject({ code: 0 });
  const { scores } = JSON.parse(scored.out);
  expect(scores).toHaveLength(2);
  for (const score of scores) expect(score > 0 && score < 1).toBe(true);

  const headless = await qwenFolder([]);
  const refused = await call(["prm", "score", "--scorer", headless, ...typed]);
  expect(refused.code).not.toBe(0);
  expect(refused.err).toContain(`${headless}: score.0.weight is missing`);
});
