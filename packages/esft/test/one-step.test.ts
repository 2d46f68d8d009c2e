import { attachLora, CausalLM, parseConfig, train } from "@deepgrain/lm";
import { trackBalance } from "@deepgrain/moe";
import { Generator, tidy } from "@deepgrain/tensor-gpu";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ExpertConfig, freezeExcept } from "../src";
import { trainedWeights } from "../src/selection/trained-weights";
import { collect } from "./support/collect";

const latent = {
  q_lora_rank: null,
  kv_lora_rank: 8,
  qk_nope_head_dim: 4,
  qk_rope_head_dim: 4,
  v_head_dim: 4,
};
const grouped = { n_group: 2, topk_group: 1 };
/** Settings of the families besides the common sizes: plain routing, by device, by balancing bias. */
const families = {
  deepseek: {},
  deepseek_v2: { ...latent, ...grouped, topk_method: "group_limited_greedy" },
  deepseek_v3: { ...latent, ...grouped, topk_method: "noaux_tc", scoring_func: "sigmoid" },
};

interface Shape {
  family: keyof typeof families;
  layers: number;
  experts: number;
  topK: number;
  shared: number;
  seed: number;
}

function modelOf({ family, layers, experts, topK, shared, seed }: Shape): CausalLM {
  const config = parseConfig({
    model_type: family,
    vocab_size: 11,
    hidden_size: 8,
    intermediate_size: 12,
    moe_intermediate_size: 4,
    num_hidden_layers: layers,
    num_attention_heads: 2,
    n_routed_experts: experts,
    ...(shared > 0 && { n_shared_experts: shared }),
    num_experts_per_tok: topK,
    first_k_dense_replace: 1,
    max_position_embeddings: 16,
    eos_token_id: null,
    ...families[family],
  });
  return new CausalLM(config, { generator: new Generator(seed) });
}

const shapes: fc.Arbitrary<Shape> = fc.record({
  family: fc.constantFrom("deepseek", "deepseek_v2", "deepseek_v3"),
  layers: fc.integer({ min: 2, max: 4 }),
  experts: fc.constantFrom(4, 8, 16),
  topK: fc.integer({ min: 1, max: 2 }),
  shared: fc.integer({ min: 0, max: 2 }),
  seed: fc.nat(1000),
});

/** Bits of every weight and buffer of the model, by Hugging Face name. */
async function bitsOf(model: CausalLM): Promise<Map<string, string>> {
  const bits = new Map<string, string>();
  for (const name of model.weightNames()) {
    const { data } = await model.readWeight(name);
    bits.set(name, Buffer.from(data.slice().buffer).toString("hex"));
  }
  return bits;
}

async function namesChangedBy(model: CausalLM, change: () => Promise<unknown>): Promise<string[]> {
  const before = await bitsOf(model);
  await change();
  const after = await bitsOf(model);
  return [...before.keys()].filter((name) => before.get(name) !== after.get(name));
}

const ids = [1, 4, 2, 8, 5, 7, 1, 4, 9, 3, 6, 10, 2, 0, 8, 8];
const data = { batch: () => ({ ids, batch: 2, length: 8 }) };

/** One step with decay, a clip that bites, and two batches summed. */
const oneStep = (model: CausalLM, maxGradNorm = 0.01) =>
  collect(
    train(model, data, {
      steps: 1,
      lr: 0.05,
      optimizer: { weightDecay: 0.5 },
      maxGradNorm,
      gradientAccumulation: 2,
    }),
  );

describe("one step of the language model's trainer", () => {
  it("leaves every weight that is not selected bit for bit, whatever the model and the choice", async () => {
    const choice = fc.infiniteStream(fc.boolean());
    await fc.assert(
      fc.asyncProperty(
        shapes,
        choice,
        fc.boolean(),
        fc.boolean(),
        async (shape, isChosen, sharedExperts, nonExpertModules) => {
          const model = modelOf(shape);
          const experts = new Map(
            [...model.moeLayers.keys()].map((layer) => [
              layer,
              [...Array(shape.experts).keys()].filter(() => isChosen.next().value),
            ]),
          );
          const config: ExpertConfig = { experts, sharedExperts, nonExpertModules };
          const selected = trainedWeights(model.weightNames(), config);
          fc.pre(selected.length > 0);
          freezeExcept(model, config);
          const changed = await namesChangedBy(model, () => oneStep(model));
          expect(selected).toEqual(expect.arrayContaining(changed));
          // Decay alone moves whatever is trained, experts without a token too.
          const isBias = (name: string) => name.endsWith("e_score_correction_bias");
          expect(changed.filter((name) => !isBias(name)).sort()).toEqual(
            selected.filter((name) => !isBias(name)).sort(),
          );
          model.dispose();
        },
      ),
      { numRuns: 25 },
    );
  });

  const v3: Shape = { family: "deepseek_v3", layers: 2, experts: 8, topK: 2, shared: 1, seed: 3 };

  it("moves balancing biases again when the freezing is undone, in a loop of one's own too", async () => {
    const model = modelOf(v3);
    const undo = freezeExcept(model, {
      experts: new Map([[1, [0]]]),
      sharedExperts: false,
      nonExpertModules: false,
    });
    const balance = trackBalance(model.moeLayers.values());
    const pass = async () => {
      tidy(() => model.train().loss(data.batch()).backward());
      balance.updateBiases();
    };
    expect(await namesChangedBy(model, pass)).toEqual([]);
    undo();
    expect(await namesChangedBy(model, pass)).toEqual([
      "model.layers.1.mlp.gate.e_score_correction_bias",
    ]);
    model.dispose();
  });

  it("moves no balancing bias while low-rank factors are trained", async () => {
    const model = modelOf(v3);
    attachLora(model, { rank: 2, generator: new Generator(1) });
    const names = (await namesChangedBy(model, () => oneStep(model))).filter(
      (name) => !/lora/.test(name),
    );
    expect(names).toEqual([]);
    model.dispose();
  });

  it("clips by the norm of the selected weights' gradients alone", async () => {
    const shape: Shape = { ...v3, family: "deepseek", layers: 3, experts: 4 };
    const [model, twin] = [modelOf(shape), modelOf(shape)];
    const experts = new Map([
      [1, [0, 2]],
      [2, [1]],
    ]);
    freezeExcept(model, { experts, sharedExperts: false, nonExpertModules: false });
    for (const layer of twin.moeLayers.values()) layer.auxLoss = "off";
    tidy(() => twin.loss(data.batch()).backward());
    let squares = 0;
    for (const [layer, chosen] of experts)
      for (const expert of chosen)
        for (const stack of ["gateUp", "down"] as const) {
          const gradient = twin.moeLayers.get(layer)!.experts[stack].grad!.select(0, expert);
          for (const value of gradient.dataSync()) squares += value * value;
        }
    const { events } = await collect(train(model, data, { steps: 1, lr: 0.01, maxGradNorm: 1e-3 }));
    const step = events.find((event) => event.type === "step-end")!;
    expect([step.gradNorm]).toBeAllclose([Math.sqrt(squares)], { rtol: 1e-4 });
    model.dispose();
    twin.dispose();
  });
});
