import { join } from "node:path";
import { attachLora, CausalLM, parseConfig, type TokenBatch, train } from "@deepgrain/lm";
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
  trainedWeights,
} from "../src";
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

const newModel = () => new CausalLM(parseConfig(source), { generator: new Generator(7) });
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

  it("is scored, specialised, stored and restored", async () => {
    const model: CausalLM & RoutedModel = newModel();
    const { result } = await collect(
      scoreExperts(model, batches, { run: (batch) => model.hiddenStates(batch) }),
    );
    expect([...result.token.keys()]).toEqual([1, 2]);
    const { config } = selectExperts(result, { topP: 0.5 });
    const base = await weightsOf(model);
    const thaw = freezeExcept(model, config);
    const data = { batch: (i: number) => batches[i % 4]! };
    const { events } = await collect(train(model, data, { steps: 4, schedule: 0.02 }));
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
    const fresh = newModel();
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
  });
});
