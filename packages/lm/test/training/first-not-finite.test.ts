import { Generator, setBackend } from "@deepgrain/tensor-gpu";
import { beforeEach, describe, expect, it } from "vitest";
import { CausalLM, firstNotFinite, parseConfig, train } from "../../src";

beforeEach(() => setBackend("js"));

const config = parseConfig({
  model_type: "llama",
  vocab_size: 11,
  hidden_size: 8,
  intermediate_size: 16,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  max_position_embeddings: 16,
});
const build = () => new CausalLM(config, { generator: new Generator(1) });
const batch = { ids: [1, 2, 3, 4], batch: 1, length: 4 };

/** Makes a weight so large that what it computes overflows. */
function blowUp(model: CausalLM, name: string): void {
  const weight = model.weightViews.get(name)!;
  weight.set(new Float32Array(weight.size).fill(3e38));
}

describe("firstNotFinite", () => {
  it("finds nothing in a healthy model", async () => {
    expect(await firstNotFinite(build(), batch)).toBeUndefined();
  });

  it.each([
    ["model.layers.0.mlp.up_proj.weight", "layers.0 mlpOutput"],
    ["model.layers.1.self_attn.v_proj.weight", "layers.1 value"],
    ["lm_head.weight", "logits"],
  ])("names what %s makes overflow first", async (weight, wanted) => {
    const model = build();
    blowUp(model, weight);
    expect(await firstNotFinite(model, batch)).toBe(wanted);
  });

  it("stands in the error of a training whose weights are all finite", async () => {
    const model = build();
    blowUp(model, "model.layers.1.mlp.up_proj.weight");
    const events = train(model, { batch: () => batch }, { steps: 1, lr: 0.1 });
    const run = async () => {
      for await (const _ of events);
    };
    await expect(run()).rejects.toMatchObject({
      code: "ERR_NOT_FINITE",
      message: expect.stringContaining("layers.1 mlpOutput is the first tensor that is not finite"),
      fields: { step: 1, activation: "layers.1 mlpOutput", isUpdated: false },
    });
  });
});
