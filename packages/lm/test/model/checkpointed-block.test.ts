import { onRoute } from "@deepgrain/moe";
import { Generator, memory, setBackend, tidy } from "@deepgrain/tensor-gpu";
import { beforeEach, describe, expect, it } from "vitest";
import { CausalLM, parseConfig } from "../../src";
import { tinyDeepseekV3, tinyGpt2, tinyLlama } from "../support/tiny-models";

const tokens = {
  ids: Int32Array.from({ length: 24 }, (_, i) => (i * 7 + 1) % 31),
  batch: 2,
  length: 12,
};

beforeEach(() => void setBackend("wasm"));

describe("a model that checkpoints its blocks", () => {
  it.each([
    ["llama", tinyLlama()],
    ["gpt2", tinyGpt2()],
    ["deepseek_v3", tinyDeepseekV3()],
  ])("has the loss and gradients that it has without, with %s", (_, config) => {
    const model = new CausalLM(config, { generator: new Generator(3) });
    const attentionMask = Uint8Array.from(tokens.ids, (_, i) => (i < 3 ? 0 : 1));
    const gradients = () => {
      const loss = tidy(() => model.loss(tokens, { attentionMask }));
      loss.backward();
      const found = new Map(
        [...model.namedParameters()].map(([name, { grad }]) => [name, grad?.dataSync().slice()]),
      );
      model.zeroGrad();
      return { loss: loss.itemSync(), found };
    };
    const plain = gradients();
    model.gradientCheckpointing = true;
    const again = gradients();
    expect(again.loss).toBeCloseTo(plain.loss, 6);
    for (const [name, gradient] of plain.found)
      expect(again.found.get(name), name).toBeAllclose(gradient!, { rtol: 1e-5, atol: 1e-7 });
    model.dispose();
  });

  it("reports each routing, and its choices, once", () => {
    const model = new CausalLM(tinyDeepseekV3(), { generator: new Generator(3) });
    model.gradientCheckpointing = true;
    let [routings, choices] = [0, 0];
    const stop = onRoute(({ counts }) => {
      routings++;
      choices += counts.sum().itemSync();
    });
    tidy(() => model.loss(tokens).backward());
    stop();
    expect(routings).toBe(model.moeLayers.size);
    expect(choices).toBe(24 * 2 * model.moeLayers.size);
    model.dispose();
  });

  it("keeps less for the backward pass", () => {
    const model = new CausalLM(tinyLlama({ num_hidden_layers: 6 }), {
      generator: new Generator(3),
    });
    const held = () => {
      const before = memory().bytes;
      const hidden = tidy(() => model.hiddenStates(tokens));
      const bytes = memory().bytes - before;
      hidden.sum().backward();
      hidden.dispose();
      model.zeroGrad();
      return bytes;
    };
    held(); // tables of angles are made once
    const plain = held();
    model.gradientCheckpointing = true;
    expect(held()).toBeLessThan(plain / 4);
    model.dispose();
  });

  it("has the balance loss over all layers that it has without, and its gradients, however scaled", () => {
    const config = parseConfig({
      model_type: "mixtral",
      vocab_size: 31,
      hidden_size: 16,
      intermediate_size: 8,
      num_hidden_layers: 3,
      num_attention_heads: 2,
      num_key_value_heads: 2,
      num_local_experts: 4,
      output_router_logits: true,
      num_experts_per_tok: 2,
      router_aux_loss_coef: 3,
    });
    const model = new CausalLM(config, { generator: new Generator(3) }).train();
    const attentionMask = Uint8Array.from(tokens.ids, (_, i) => (i < 3 ? 0 : 1));
    const measure = (isCheckpointed: boolean) => {
      model.gradientCheckpointing = isCheckpointed;
      const value = tidy(() => {
        const loss = model.loss(tokens, { attentionMask });
        loss.mul(0.25).backward();
        return loss.itemSync();
      });
      const gradients = [...model.namedParameters()].map(
        ([name, { grad }]) => [name, grad!.dataSync().slice()] as const,
      );
      model.zeroGrad();
      return { value, gradients: new Map(gradients) };
    };
    const plain = measure(false);
    const before = memory().bytes;
    const checkpointed = measure(true);
    expect(checkpointed.value).toBeCloseTo(plain.value, 5);
    for (const [name, gradient] of plain.gradients)
      expect(checkpointed.gradients.get(name), name).toBeAllclose(gradient, {
        rtol: 1e-4,
        atol: 1e-6,
      });
    expect(memory().bytes).toBe(before);
    model.dispose();
  });
});
