import { CausalLM, parseConfig } from "@deepgrain/lm";
import { Generator } from "@deepgrain/tensor-gpu";
import { afterAll, expect, it } from "vitest";
import { cachedModel, sameModelProxy } from "../language-model";

const config = parseConfig({
  model_type: "llama",
  vocab_size: 20,
  hidden_size: 16,
  intermediate_size: 32,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  max_position_embeddings: 24,
});
const model = new CausalLM(config, { generator: new Generator(1) });

afterAll(() => model.dispose());

const close = (a: Float32Array, b: Float32Array) => {
  for (const [i, value] of a.entries()) expect(value).toBeCloseTo(b[i]!, 4);
};

it("reads texts of different lengths together as it reads each alone, going on and starting over", async () => {
  const together = cachedModel(model);
  const alone = cachedModel(model);
  const begun = [[1, 2, 3], [4], [5, 6, 7], [8]];
  const longer = begun.map((ids, i) => [...ids, 9 + i]);
  const others = [[1, 2], [3, 4], [5, 6], [7]];
  for (const texts of [begun, longer, others, begun]) {
    const found = await together.next.batch!(texts);
    expect(found).toHaveLength(texts.length);
    for (const [row, ids] of texts.entries()) close(found[row]!, await alone.next(ids));
  }
  together.dispose();
  alone.dispose();
});

it("answers the proxy's questions a second time without the model", () => {
  const proxy = sameModelProxy(model, undefined);
  const first = proxy.next([3, 4]);
  expect(proxy.next([3, 4])).toBe(first);
  expect(proxy.next([4, 3])).not.toEqual(first);
});
