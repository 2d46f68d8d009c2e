import { topKGate } from "@deepgrain/moe";
import { describe, expect, it } from "vitest";
import {
  applyAdapter,
  type ExpertConfig,
  layoutFromConfig,
  type MoeLayout,
  openAdapter,
  removeAdapter,
  saveAdapter,
  scoreRouters,
} from "../src";
import type { RouteNumbers } from "../src/scoring/layer-totals";
import { trainedWeights } from "../src/selection/trained-weights";
import { collect } from "./support/collect";
import { temporaryFolder } from "./support/temporary-folder";

/** Routers are unit matrices, so that a token's hidden state is its logits. */
const experts = 4;
const common = { num_hidden_layers: 2, hidden_size: experts, num_experts_per_tok: 2 };
const deepseek = { ...common, n_routed_experts: experts, moe_intermediate_size: 3 };
const groups = { n_group: 2, topk_group: 1 };
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const softmax = (x: readonly number[]) => {
  const sum = x.reduce((total, value) => total + Math.exp(value), 0);
  return x.map((value) => Math.exp(value) / sum);
};
const logits = [2, 1, 1.5, 1.4];
const plain = softmax(logits);
const [s0, , s2, s3] = logits.map(sigmoid) as [number, number, number, number];

/** Config, balancing bias, and what one token of these logits must choose and weigh. */
const families: [string, object, number[] | null, [number, number][]][] = [
  [
    "DeepSeekMoE: plain softmax",
    { ...deepseek, model_type: "deepseek" },
    null,
    [
      [0, plain[0]!],
      [2, plain[2]!],
    ],
  ],
  [
    "DeepSeek-V2: the group of the best expert alone, scaled",
    {
      ...deepseek,
      ...groups,
      model_type: "deepseek_v2",
      topk_method: "group_limited_greedy",
      routed_scaling_factor: 16,
    },
    null,
    [
      [0, 16 * plain[0]!],
      [1, 16 * plain[1]!],
    ],
  ],
  [
    "DeepSeek-V3: the group of the best two, chosen with bias and weighed without, normalised, then scaled",
    { ...deepseek, ...groups, model_type: "deepseek_v3", first_k_dense_replace: 0 },
    [0, 0, 0.1, 0],
    [
      [2, (2.5 * s2) / (s2 + s3)],
      [3, (2.5 * s3) / (s2 + s3)],
    ],
  ],
  [
    "DeepSeek-V3: the bias moves the choice to another group",
    { ...deepseek, ...groups, model_type: "deepseek_v3", first_k_dense_replace: 0 },
    [0, 0.9, 0, 0],
    [
      [1, (2.5 * sigmoid(1)) / (s0 + sigmoid(1))],
      [0, (2.5 * s0) / (s0 + sigmoid(1))],
    ],
  ],
  [
    "Mixtral: softmax over the chosen",
    { ...common, model_type: "mixtral", num_local_experts: experts, intermediate_size: 3 },
    null,
    [
      [0, softmax([2, 1.5])[0]!],
      [2, softmax([2, 1.5])[1]!],
    ],
  ],
  [
    "Qwen2-MoE: not normalised",
    {
      ...common,
      model_type: "qwen2_moe",
      num_experts: experts,
      moe_intermediate_size: 3,
      shared_expert_intermediate_size: 6,
    },
    null,
    [
      [0, plain[0]!],
      [2, plain[2]!],
    ],
  ],
  [
    "Qwen3-MoE: normalised",
    {
      ...common,
      model_type: "qwen3_moe",
      num_experts: experts,
      moe_intermediate_size: 3,
      norm_topk_prob: true,
    },
    null,
    [
      [0, plain[0]! / (plain[0]! + plain[2]!)],
      [2, plain[2]! / (plain[0]! + plain[2]!)],
    ],
  ],
];

const unit = Float32Array.from({ length: experts ** 2 }, (_, i) =>
  Math.floor(i / experts) === i % experts ? 1 : 0,
);

function routersOf(layout: MoeLayout, bias: readonly number[] | null) {
  const tensors = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  for (const layer of layout.moeLayers) {
    tensors.set(layout.gateTensor(layer), { shape: [experts, experts], data: unit });
    const name = layout.biasTensor(layer);
    if (name && bias) tensors.set(name, { shape: [experts], data: Float32Array.from(bias) });
  }
  return {
    has: (name: string) => tensors.has(name),
    readFloat32: async (name: string) => tensors.get(name)!,
  };
}

describe("scores of each family", () => {
  it.each(families)("follow %s", async (_, config, bias, wanted) => {
    const layout = layoutFromConfig(config as Record<string, unknown>);
    const routes: RouteNumbers[] = [];
    const { result } = await collect(
      scoreRouters(layout, routersOf(layout, bias), {
        gate: topKGate,
        routerInputs: () => [{ hidden: Float32Array.from(logits) }],
        record: (_, route) => routes.push(route),
        keepsScale: true,
      }),
    );
    expect(Array.from(routes[0]!.ids)).toEqual(wanted.map(([expert]) => expert));
    for (const layer of layout.moeLayers) {
      const gate = new Float64Array(experts);
      const token = new Float64Array(experts);
      for (const [expert, weight] of wanted) {
        gate[expert] = weight;
        token[expert] = 0.5;
      }
      expect(result.gate!.get(layer)!).toBeAllclose(gate, { rtol: 1e-5, atol: 1e-7 });
      expect(result.token.get(layer)!).toEqual(token);
    }
    const { result: paper } = await collect(
      scoreRouters(layout, routersOf(layout, bias), {
        gate: topKGate,
        routerInputs: () => [{ hidden: Float32Array.from(logits) }],
      }),
    );
    const { family, normTopkProb, scale } = layout.router;
    const factor = family === "deepseek_v2" && normTopkProb ? 1 : scale;
    for (const layer of layout.moeLayers) {
      const scaled = paper.gate!.get(layer)!.map((value) => value * factor);
      expect(scaled).toBeAllclose(result.gate!.get(layer)!, { rtol: 1e-5, atol: 1e-7 });
    }
  });
});

/** A model that is nothing but weights by name, as a layout names them. */
function namedModel(layout: MoeLayout, start: number) {
  const names = [
    "model.embed_tokens.weight",
    ...layout.moeLayers.flatMap((layer) => [
      layout.gateTensor(layer),
      ...layout.sharedTensors(layer),
      ...[...Array(experts).keys()].flatMap((e) => Object.values(layout.expertTensors(layer, e))),
    ]),
  ];
  const weights = new Map<string, Float32Array>(
    names.map((name, i) => [name, Float32Array.of(start + i, i, -i)]),
  );
  return {
    moeLayers: new Map(
      layout.moeLayers.map((layer) => [
        layer,
        { experts: { count: experts }, onRoute: () => () => {} },
      ]),
    ),
    weights,
    weightNames: () => names,
    readWeight: async (name: string) => ({ shape: [3], data: weights.get(name)!.slice() }),
    writeWeight: (name: string, data: Float32Array) => void weights.set(name, data),
  };
}

describe("adapters of each family", () => {
  it.each(families)("hold the chosen experts under the names of %s", async (_, source) => {
    const layout = layoutFromConfig(source as Record<string, unknown>);
    const config: ExpertConfig = {
      experts: new Map(layout.moeLayers.map((layer) => [layer, [3, 1]])),
      sharedExperts: true,
      nonExpertModules: false,
    };
    const model = namedModel(layout, 0);
    const chosen = trainedWeights(model.weightNames(), config);
    expect(chosen.sort()).toEqual(
      layout.moeLayers
        .flatMap((layer) => [
          ...layout.sharedTensors(layer),
          ...[1, 3].flatMap((e) => Object.values(layout.expertTensors(layer, e))),
        ])
        .sort(),
    );
    const base = new Map(model.weights);
    for (const name of chosen) model.writeWeight(name, Float32Array.of(7, 7, 7));
    const folder = temporaryFolder();
    await saveAdapter(folder, model, config);
    const adapter = await openAdapter(folder);
    expect([...adapter.names].sort()).toEqual(chosen);
    await adapter.close();
    const fresh = namedModel(layout, 0);
    const applied = await applyAdapter(fresh, folder);
    expect(fresh.weights).toEqual(model.weights);
    removeAdapter(applied);
    expect(fresh.weights).toEqual(base);
    await expect(applyAdapter(namedModel(layout, 1), folder)).rejects.toMatchObject({
      code: "ERR_MISMATCH",
    });
  });
});
