import { join } from "node:path";
import {
  attachLora,
  CausalLM,
  loadModel,
  parseConfig,
  saveModel,
  type TokenBatch,
  train,
} from "@deepgrain/lm";
import { Generator, tidy } from "@deepgrain/tensor-gpu";
import { describe, expect, it } from "vitest";
import {
  applyAdapter,
  freezeExcept,
  layoutFromConfig,
  type RoutedModel,
  removeAdapter,
  saveAdapter,
  scoreExperts,
  selectExperts,
} from "../src";
import { trainedWeights } from "../src/selection/trained-weights";
import { collect } from "./support/collect";
import { temporaryFolder } from "./support/temporary-folder";

const source = {
  model_type: "deepseek",
  vocab_size: 17,
  hidden_size: 16,
  intermediate_size: 24,
  moe_intermediate_size: 8,
  num_hidden_layers: 3,
  num_attention_heads: 2,
  n_routed_experts: 8,
  n_shared_experts: 1,
  num_experts_per_tok: 2,
  first_k_dense_replace: 1,
  max_position_embeddings: 32,
  eos_token_id: null,
};

const sizes = {
  vocab_size: 17,
  hidden_size: 16,
  intermediate_size: 8,
  num_hidden_layers: 3,
  num_attention_heads: 2,
  num_experts_per_tok: 2,
  max_position_embeddings: 32,
  eos_token_id: null,
};

/** The mixture families: configuration, and the blocks that have experts. */
const families: [string, Record<string, unknown>, number[]][] = [
  ["deepseek", source, [1, 2]],
  [
    "mixtral",
    { ...sizes, model_type: "mixtral", num_key_value_heads: 2, num_local_experts: 8 },
    [0, 1, 2],
  ],
  [
    "qwen2_moe",
    {
      ...sizes,
      model_type: "qwen2_moe",
      num_experts: 8,
      moe_intermediate_size: 8,
      num_key_value_heads: 2,
      shared_expert_intermediate_size: 12,
      decoder_sparse_step: 1,
    },
    [0, 1, 2],
  ],
  [
    "qwen3_moe",
    {
      ...sizes,
      model_type: "qwen3_moe",
      num_experts: 8,
      moe_intermediate_size: 8,
      num_key_value_heads: 2,
      head_dim: 8,
      norm_topk_prob: true,
      decoder_sparse_step: 1,
    },
    [0, 1, 2],
  ],
];

const newModel = (config: Record<string, unknown> = source) =>
  new CausalLM(parseConfig(config), { generator: new Generator(7) });
const batches: TokenBatch[] = [0, 1, 2, 3].map((start) => ({
  ids: Array.from({ length: 24 }, (_, i) => (start + i * (1 + (start % 3))) % 17),
  batch: 2,
  length: 12,
}));

async function weightsOf(model: RoutedModel): Promise<Map<string, string>> {
  const weights = new Map<string, string>();
  for (const name of model.weightNames())
    weights.set(
      name,
      Buffer.from((await model.readWeight(name)).data.slice().buffer).toString("hex"),
    );
  return weights;
}

const lossOf = (model: CausalLM) => tidy(() => model.loss(batches[0]!).itemSync());

describe("a language model of the lm package", () => {
  it("is not frozen while low-rank factors are attached, and is afterwards", () => {
    const model = newModel();
    const experts = new Map([
      [1, [2]],
      [2, [0, 3]],
    ]);
    const config = { experts, sharedExperts: false, nonExpertModules: false };
    const lora = attachLora(model, { rank: 2 });
    expect(() => freezeExcept(model, config)).toThrow(
      expect.objectContaining({ code: "ERR_STATE", message: expect.stringContaining("loraA") }),
    );
    expect(new Set(model.parameters())).toEqual(new Set(lora.parameters()));
    lora.detach();
    freezeExcept(model, config);
    expect(model.parameters()).toHaveLength(6);
    model.dispose();
  });

  it.each(families)(
    "is scored, specialised, stored and restored (%s)",
    async (_, source, blocks) => {
      const model: CausalLM & RoutedModel = newModel(source);
      const { result } = await collect(
        scoreExperts(model, batches, { run: (batch) => model.hiddenStates(batch) }),
      );
      expect([...result.token.keys()]).toEqual(blocks);
      const { config } = selectExperts(result, { topP: 0.5 });
      const base = await weightsOf(model);
      const thaw = freezeExcept(model, config);
      const data = { batch: (i: number) => batches[i % 4]! };
      const { events } = await collect(train(model, data, { steps: 4, lr: 0.02 }));
      const count = [...config.experts.values()].flat().length;
      expect(events[0]).toMatchObject({ trainedParameters: count * 3 * 16 * 8 });
      const trained = await weightsOf(model);
      const changed = [...base].filter(([name, bits]) => trained.get(name) !== bits);
      const chosen = trainedWeights(model.weightNames(), config);
      expect(chosen).toEqual(expect.arrayContaining(changed.map(([name]) => name)));
      expect(changed.length).toBeGreaterThan(0);
      expect(chosen).toEqual(
        expect.arrayContaining(
          Object.values(layoutFromConfig(source).expertTensors(1, config.experts.get(1)![0]!)),
        ),
      );

      const folder = join(temporaryFolder(), "adapter");
      await saveAdapter(folder, model, config);
      const fresh = newModel(source);
      const applied = await applyAdapter(fresh, folder);
      expect(await weightsOf(fresh)).toEqual(trained);
      expect(lossOf(fresh)).toBe(lossOf(model));
      removeAdapter(applied);
      expect(await weightsOf(fresh)).toEqual(base);
      thaw();
      expect(model.parameters().reduce((n, p) => n + p.size, 0)).toBe(
        fresh.parameters().reduce((n, p) => n + p.size, 0),
      );
      model.dispose();
      fresh.dispose();
    },
  );

  it.each(["bfloat16", "int8"] as const)("takes adapters on a base held as %s", async (dtype) => {
    const folder = temporaryFolder();
    const [base, tuned] = [join(folder, "base"), join(folder, "adapter")];
    const model: CausalLM & RoutedModel = newModel();
    await saveModel(base, model);
    const config = {
      experts: new Map([
        [1, [0, 3]],
        [2, [5]],
      ]),
      sharedExperts: false,
      nonExpertModules: false,
    };
    for (const name of trainedWeights(model.weightNames(), config)) {
      const { data } = await model.readWeight(name);
      model.writeWeight(
        name,
        data.map((x) => 3 * x + 0.01),
      );
    }
    await saveAdapter(tuned, model, config);
    const narrow: CausalLM & RoutedModel = await loadModel(base, { dtype });
    const before = await weightsOf(narrow);
    const [plain, wanted] = [lossOf(narrow), lossOf(model)];
    // Its numbers are not the base's to the last bit, so the fingerprint says nothing.
    const applied = await applyAdapter(narrow, tuned, { verifyBase: false });
    expect(Math.abs(lossOf(narrow) - wanted)).toBeLessThan(0.3 * Math.abs(plain - wanted));
    removeAdapter(applied);
    expect(await weightsOf(narrow)).toEqual(before);
    for (const each of [model, narrow]) each.dispose();
  });
});
