import { CausalLM, parseConfig, type TokenBatch, train } from "@deepgrain/lm";
import { Generator, type NamedTensor, noGrad, tensor, tidy } from "@deepgrain/tensor-gpu";
import { describe, expect, it } from "vitest";
import { groupWeights } from "../src/analysis/group-weights";
import { groupsKept } from "../src/analysis/grouped-routing";

const source = {
  model_type: "deepseek",
  vocab_size: 17,
  hidden_size: 16,
  intermediate_size: 24,
  moe_intermediate_size: 8,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  n_routed_experts: 8,
  n_shared_experts: 1,
  num_experts_per_tok: 4,
  norm_topk_prob: true,
  first_k_dense_replace: 1,
  max_position_embeddings: 32,
  eos_token_id: null,
};

const groups = new Map([
  [
    1,
    [
      [0, 5],
      [2, 3],
      [1, 7],
      [4, 6],
    ],
  ],
]);
const batch: TokenBatch = { ids: Int32Array.from([3, 1, 4, 1, 5, 9, 2, 6]), batch: 1, length: 8 };

const weightsOf = (model: CausalLM) =>
  new Map(
    [...model.weightViews].map(([name, view]): [string, NamedTensor] => [
      name,
      { shape: view.shape, data: Float32Array.from(view.dataSync()) },
    ]),
  );

function modelOf(config: Record<string, unknown>, weights: ReadonlyMap<string, NamedTensor>) {
  const model = new CausalLM(parseConfig(config), { generator: new Generator(9) });
  expect([...model.weightViews.keys()].sort()).toEqual([...weights.keys()].sort());
  noGrad(() => {
    for (const [name, view] of model.weightViews) {
      const { shape, data } = weights.get(name)!;
      expect(shape, name).toEqual(view.shape);
      view.copy_(tensor(data, { shape }));
    }
  });
  return model;
}

const logits = (model: CausalLM) => {
  model.eval();
  return [...tidy(() => noGrad(() => model.forward(batch))).dataSync()];
};

const groupedConfig = (topK: number) => ({
  ...source,
  n_routed_experts: 4,
  moe_intermediate_size: 16,
  num_experts_per_tok: groupsKept(topK, 2),
});

/** Weights of a model in which the members of each group are alike. */
function alike(topK: number) {
  const config = { ...source, num_experts_per_tok: topK };
  const weights = weightsOf(new CausalLM(parseConfig(config), { generator: new Generator(1) }));
  for (const [first, second] of groups.get(1)!) {
    for (const part of ["gate", "up", "down"]) {
      const name = (expert: number) => `model.layers.1.mlp.experts.${expert}.${part}_proj.weight`;
      weights.set(name(second!), weights.get(name(first!))!);
    }
    const router = weights.get("model.layers.1.mlp.gate.weight")!.data;
    router.copyWithin(16 * second!, 16 * first!, 16 * (first! + 1));
  }
  return { config, weights };
}

describe("groupWeights", () => {
  it.each([4, 2])("computes the same where the members of a group are alike, %i active", (topK) => {
    const { config, weights } = alike(topK);
    const grouped = groupWeights(weights, groups, { topK });
    const own = logits(modelOf(groupedConfig(topK), grouped));
    expect(own).toBeAllclose(logits(modelOf(config, weights)), { rtol: 1e-4, atol: 1e-6 });
  });

  it("leaves the zeros beside shared experts at zero in training", async () => {
    const model = modelOf(groupedConfig(4), groupWeights(alike(4).weights, groups, { topK: 4 }));
    const before = weightsOf(model);
    for await (const _ of train(model, { batch: () => batch }, { steps: 3, lr: () => 0.01 }));
    const shared = "model.layers.1.mlp.shared_experts";
    const changed = (name: string) => {
      const [now, then] = [weightsOf(model).get(name)!.data, before.get(name)!.data];
      return [...now].map((value, i) => (then[i] === 0 ? value : value - then[i]!));
    };
    const up = changed(`${shared}.up_proj.weight`);
    expect(up.slice(8 * 16).every((value) => value === 0)).toBe(true);
    expect(up.slice(0, 8 * 16).every((value) => value !== 0)).toBe(true);
    const down = changed(`${shared}.down_proj.weight`);
    expect(down.every((value, i) => (i % 16 < 8 ? value !== 0 : value === 0))).toBe(true);
  });

  it("refuses layers without groups, experts without weights, and biases", () => {
    const { weights } = alike(4);
    const code = (name: string) => expect.objectContaining({ code: name });
    expect(() => groupWeights(weights, new Map(), { topK: 4 })).toThrow(/no groups of layer 1/);
    const few = new Map(weights);
    few.delete("model.layers.1.mlp.experts.5.up_proj.weight");
    expect(() => groupWeights(few, groups, { topK: 4 })).toThrow(code("ERR_MISSING"));
    const biased = new Map(weights).set("model.layers.1.mlp.gate.e_score_correction_bias", {
      shape: [8],
      data: new Float32Array(8),
    });
    expect(() => groupWeights(biased, groups, { topK: 4 })).toThrow(code("ERR_MISMATCH"));
  });
});
