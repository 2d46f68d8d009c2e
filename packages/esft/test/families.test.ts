import { readFileSync } from "node:fs";
import { openCheckpoint } from "@deepgrain/tensor-gpu";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { describe, expect, it } from "vitest";
import { layoutFromConfig } from "../src";
import { classifyWeight, isRouterWeight } from "../src/families/classify-weight";

const deepseek = {
  model_type: "deepseek",
  hidden_size: 2048,
  moe_intermediate_size: 1408,
  num_hidden_layers: 28,
  n_routed_experts: 64,
  n_shared_experts: 2,
  num_experts_per_tok: 6,
  first_k_dense_replace: 1,
  moe_layer_freq: 1,
  norm_topk_prob: false,
  scoring_func: "softmax",
};

const families: [string, Record<string, unknown>, object][] = [
  [
    "DeepSeekMoE 16B",
    deepseek,
    {
      nRouted: 64,
      nShared: 2,
      topK: 6,
      expertSize: 1408,
      router: { scale: 1, family: "deepseek" },
    },
  ],
  [
    "DeepSeek-V2",
    {
      ...deepseek,
      model_type: "deepseek_v2",
      num_hidden_layers: 60,
      n_routed_experts: 160,
      topk_method: "group_limited_greedy",
      n_group: 8,
      topk_group: 3,
      routed_scaling_factor: 16,
    },
    {
      nRouted: 160,
      router: {
        method: "group_limited_greedy",
        groups: 8,
        groupsKept: 3,
        scale: 16,
        scoring: "softmax",
        normTopkProb: false,
      },
    },
  ],
  [
    "DeepSeek-V3",
    {
      ...deepseek,
      model_type: "deepseek_v3",
      num_hidden_layers: 61,
      n_routed_experts: 256,
      n_shared_experts: 1,
      num_experts_per_tok: 8,
      first_k_dense_replace: 3,
      norm_topk_prob: true,
      scoring_func: "sigmoid",
      topk_method: "noaux_tc",
      n_group: 8,
      topk_group: 4,
      routed_scaling_factor: 2.5,
    },
    { nRouted: 256, router: { method: "noaux_tc", scoring: "sigmoid", scale: 2.5, groupsKept: 4 } },
  ],
  [
    "Mixtral 8x7B",
    {
      model_type: "mixtral",
      hidden_size: 4096,
      intermediate_size: 14336,
      num_hidden_layers: 32,
      num_local_experts: 8,
      num_experts_per_tok: 2,
    },
    { nRouted: 8, nShared: 0, topK: 2, expertSize: 14336, router: { normTopkProb: true } },
  ],
  [
    "Qwen1.5-MoE",
    {
      model_type: "qwen2_moe",
      hidden_size: 2048,
      moe_intermediate_size: 1408,
      shared_expert_intermediate_size: 5632,
      num_hidden_layers: 24,
      num_experts: 60,
      num_experts_per_tok: 4,
      decoder_sparse_step: 1,
      norm_topk_prob: false,
    },
    { nRouted: 60, nShared: 4, topK: 4 },
  ],
  [
    "Qwen3-30B-A3B",
    {
      model_type: "qwen3_moe",
      hidden_size: 2048,
      moe_intermediate_size: 768,
      num_hidden_layers: 48,
      num_experts: 128,
      num_experts_per_tok: 8,
      norm_topk_prob: true,
      mlp_only_layers: [],
    },
    { nRouted: 128, nShared: 0, router: { normTopkProb: true } },
  ],
];

describe("layoutFromConfig", () => {
  it("refuses anything but a configuration, and layers and experts without end", () => {
    for (const config of [null, undefined, [], "x", { model_type: ["deepseek"] }])
      expect(() => layoutFromConfig(config as never)).toThrow(
        expect.objectContaining({ name: "EsftError" }),
      );
    for (const key of ["num_hidden_layers", "n_routed_experts"]) {
      const deep = JSON.parse(`${"[".repeat(50_000)}${"]".repeat(50_000)}`);
      for (const value of [1e9, deep])
        expect(() => layoutFromConfig({ ...deepseek, [key]: value })).toThrow(
          expect.objectContaining({ code: "ERR_FORMAT" }),
        );
    }
  });

  it.each(families)("knows %s", (_, config, wanted) => {
    expect(layoutFromConfig(config)).toMatchObject({ family: config.model_type, ...wanted });
  });

  it.each(families)("gives %s names that classifyWeight understands", (_, config) => {
    const layout = layoutFromConfig(config);
    const layer = layout.moeLayers.at(-1)!;
    for (const name of Object.values(layout.expertTensors(layer, 7)))
      expect(classifyWeight(name)).toEqual({ kind: "expert", layer, expert: 7 });
    const shared = layout.sharedTensors(layer);
    expect(shared.length > 0).toBe(layout.nShared > 0);
    for (const name of shared) expect(classifyWeight(name)).toEqual({ kind: "shared", layer });
    const routers = [layout.gateTensor(layer), layout.biasTensor(layer)].filter(
      (name) => name !== null,
    );
    expect(routers.length).toBe(layout.router.method === "noaux_tc" ? 2 : 1);
    for (const name of routers) {
      expect(classifyWeight(name)).toEqual({ kind: "other" });
      expect(isRouterWeight(name)).toBe(true);
    }
  });

  it("finds the blocks that route", () => {
    const layers = (changes: object) =>
      layoutFromConfig({ ...deepseek, num_hidden_layers: 6, ...changes }).moeLayers;
    expect(layers({})).toEqual([1, 2, 3, 4, 5]);
    expect(layers({ moe_layer_freq: 2 })).toEqual([2, 4]);
    const qwen = { ...families[5]![1], num_hidden_layers: 6 };
    expect(
      layoutFromConfig({ ...qwen, mlp_only_layers: [3], decoder_sparse_step: 2 }).moeLayers,
    ).toEqual([1, 5]);
  });

  it("uses the names of released files", () => {
    const names = (i: number) => {
      const layout = layoutFromConfig(families[i]![1]);
      return [layout.gateTensor(4), layout.expertTensors(4, 2).down, ...layout.sharedTensors(4)];
    };
    expect(names(0)).toEqual([
      "model.layers.4.mlp.gate.weight",
      "model.layers.4.mlp.experts.2.down_proj.weight",
      "model.layers.4.mlp.shared_experts.gate_proj.weight",
      "model.layers.4.mlp.shared_experts.up_proj.weight",
      "model.layers.4.mlp.shared_experts.down_proj.weight",
    ]);
    expect(names(3)).toEqual([
      "model.layers.4.block_sparse_moe.gate.weight",
      "model.layers.4.block_sparse_moe.experts.2.w2.weight",
    ]);
    expect(names(4).at(-1)).toBe("model.layers.4.mlp.shared_expert_gate.weight");
  });

  it.each([
    [{ model_type: "llama" }, "ERR_RANGE", /model_type must be one of deepseek, .*, got "llama"/],
    [{}, "ERR_RANGE", /model_type must be one of/],
    [
      { ...deepseek, n_routed_experts: null },
      "ERR_FORMAT",
      /config.json: n_routed_experts must be an integer/,
    ],
    [
      { ...deepseek, norm_topk_prob: 1 },
      "ERR_FORMAT",
      /norm_topk_prob must be true or false, got 1/,
    ],
    [
      { ...deepseek, scoring_func: "tanh" },
      "ERR_FORMAT",
      /scoring_func must be one of softmax, sigmoid/,
    ],
    [{ ...deepseek, n_routed_experts: 0 }, "ERR_RANGE", /must have routed experts/],
    [{ ...deepseek, first_k_dense_replace: 28 }, "ERR_RANGE", /must have routed experts/],
  ])("refuses %o", (config, code, message) => {
    expect(() => layoutFromConfig(config)).toThrow(message);
    expect(() => layoutFromConfig(config)).toThrow(expect.objectContaining({ code }));
  });
});

describe("classifyWeight", () => {
  it("takes names of older files and of attention as they come", () => {
    expect(classifyWeight("layers.3.mlp.experts.12.up_proj.weight")).toEqual({
      kind: "expert",
      layer: 3,
      expert: 12,
    });
    expect(classifyWeight("model.layers.3.self_attn.q_proj.weight")).toEqual({ kind: "other" });
    expect(classifyWeight("model.layers.0.mlp.gate_proj.weight")).toEqual({ kind: "other" });
    expect(isRouterWeight("model.layers.0.mlp.gate_proj.weight")).toBe(false);
  });
});

describe.skipIf(sharedIsMissing)("checkpoints written by the reference implementations", () => {
  it.each(["deepseek-v1", "deepseek-v2-noqlora"])(
    "hold what the layout of %s says",
    async (name) => {
      const folder = shared(`golden/models/${name}`);
      const layout = layoutFromConfig(JSON.parse(readFileSync(`${folder}/config.json`, "utf8")));
      const { nRouted, nShared, hiddenSize, expertSize } = layout;
      const file = await openCheckpoint(folder);
      for (const layer of layout.moeLayers) {
        expect(file.info(layout.gateTensor(layer)).shape).toEqual([nRouted, hiddenSize]);
        const { gate, up, down } = layout.expertTensors(layer, nRouted - 1);
        for (const matrix of [gate, up])
          expect(file.info(matrix).shape).toEqual([expertSize, hiddenSize]);
        expect(file.info(down).shape).toEqual([hiddenSize, expertSize]);
        const [first] = layout.sharedTensors(layer);
        expect(file.info(first!).shape).toEqual([nShared * expertSize, hiddenSize]);
      }
      const experts = file.names.filter((own) => classifyWeight(own).kind === "expert");
      expect(experts.length).toBe(3 * nRouted * layout.moeLayers.length);
      await file.close();
    },
  );
});
