import { Generator, setBackend } from "@deepgrain/tensor-gpu";
import { beforeEach, expect, it } from "vitest";
import { assertGguf, CausalLM, parseConfig } from "../../src";

beforeEach(() => void setBackend("js"));

const sizes = {
  vocab_size: 32,
  hidden_size: 16,
  intermediate_size: 8,
  num_hidden_layers: 4,
  num_attention_heads: 2,
  num_key_value_heads: 2,
  max_position_embeddings: 32,
};

it.each([
  ["smollm3", { no_rope_layers: [0, 1, 1, 1] }, /cannot say that layers is/],
  ["olmoe", { num_experts: 8, norm_topk_prob: true }, /cannot say that normTopkProb is true/],
  ["granite", { mlp_bias: true, hidden_act: "relu" }, /cannot say that hiddenAct is/],
])("%s with %j, which llama.cpp's files cannot say, is refused", async (type, own, message) => {
  const config = parseConfig({ ...sizes, ...own, model_type: type });
  const model = new CausalLM(config, { generator: new Generator(1) });
  await expect(assertGguf(model, null)).rejects.toMatchObject({
    code: "ERR_CONFIG",
    message: expect.stringMatching(message),
  });
  model.dispose();
});
