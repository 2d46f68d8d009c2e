import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Generator, manualSeed, optim, setBackend, tidy } from "@deepgrain/tensor-gpu";
import { beforeEach, describe, expect, it } from "vitest";
import {
  applyLora,
  attachLora,
  CausalLM,
  loadModel,
  saveModel,
  type TrainConfig,
  train as trainModel,
} from "../../src";
import type { Lora } from "../../src/lora/lora-delta";
import { countingData, tinyDeepseek, tinyLlama } from "../support/tiny-models";

const data = countingData(31);
const batch = data.batch(0);
const newModel = (changes: object = {}) =>
  new CausalLM(tinyDeepseek(changes), { generator: new Generator(7) }).train();

beforeEach(() => {
  setBackend("js");
});

/** Eight steps. @returns their losses */
function train(model: CausalLM, parameters = model.parameters()): number[] {
  const optimizer = new optim.AdamW(parameters, { lr: 0.05, weightDecay: 0 });
  const losses: number[] = [];
  for (let step = 0; step < 8; step++)
    tidy(() => {
      const loss = model.loss(batch);
      losses.push(loss.itemSync());
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
    });
  optimizer.dispose();
  return losses;
}

/** The difference that rounding may make, as a share of the largest number. */
const roundingOf = (values: ArrayLike<number>) =>
  1e-5 * Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

const logitsOf = (model: CausalLM) => tidy(() => model.forward(batch).dataSync());

/** All weights as bits. */
async function bitsOf(model: CausalLM): Promise<Map<string, string>> {
  const bits = new Map<string, string>();
  for (const name of model.weightNames())
    bits.set(name, Buffer.from((await model.readWeight(name)).data.slice().buffer).toString("hex"));
  return bits;
}

describe("attachLora", () => {
  it("computes as before while its factors are left out, experts included, and on again after an error", () => {
    const model = newModel();
    const before = logitsOf(model);
    const lora = attachLora(model, { generator: new Generator(3) });
    train(model, lora.parameters());
    const after = logitsOf(model);
    expect(after).not.toEqual(before);
    expect(lora.withoutFactors(() => logitsOf(model))).toEqual(before);
    expect(() =>
      lora.withoutFactors(() => {
        throw new Error("stop");
      }),
    ).toThrow("stop");
    expect(logitsOf(model)).toEqual(after);
  });

  it("changes nothing at first, then trains the factors alone", async () => {
    const model = newModel();
    const [base, before] = [await bitsOf(model), logitsOf(model)];
    const lora = attachLora(model, { rank: 2, alpha: 4, generator: new Generator(3) });
    expect(logitsOf(model)).toBeAllclose(before, { atol: 1e-6 });
    const linear = model.weightNames().flatMap((name) => {
      const isOther = /embed|lm_head|norm|mlp\.gate\./.test(name);
      return isOther ? [] : [name.replace(/\.weight$/, "")];
    });
    expect([...lora.modules].sort()).toEqual(linear.sort());
    expect(lora.modules).toContain("model.layers.1.mlp.experts.4.down_proj");
    expect(lora.modules).toContain("model.layers.1.mlp.shared_experts.up_proj");
    expect(lora.modules).not.toContain("lm_head");
    expect(new Set(model.parameters())).toEqual(new Set(lora.parameters()));
    const losses = train(model, model.parameters());
    expect(losses.at(-1)).toBeLessThan(losses[0]! - 0.05);
    expect(await bitsOf(model)).toEqual(base);
    lora.detach();
    expect(logitsOf(model)).toEqual(before);
    expect(model.parameters()).toEqual([]);
    model.dispose();
  });

  it("computes the same as the merged weights, merged here or by names", async () => {
    const model = newModel();
    const lora = attachLora(model, {
      rank: 2,
      targetModules: ["gate_proj", "up_proj", "down_proj"],
      generator: new Generator(3),
    });
    train(model, lora.parameters());
    const trained = logitsOf(model);
    const numbers = await lora.read();
    await lora.merge();
    expect(logitsOf(model)).toBeAllclose(trained, { atol: roundingOf(trained) });

    const fresh = newModel();
    const [base, plain] = [await bitsOf(fresh), logitsOf(fresh)];
    const applied = await applyLora(fresh, numbers);
    expect(logitsOf(fresh)).toBeAllclose(trained, { atol: roundingOf(trained) });
    await expect(applyLora(fresh, numbers)).rejects.toMatchObject({ code: "ERR_STATE" });
    applied.restore();
    expect(await bitsOf(fresh)).toEqual(base);
    expect(logitsOf(fresh)).toEqual(plain);

    const again = attachLora(fresh, numbers.config);
    again.write(numbers);
    expect(logitsOf(fresh)).toBeAllclose(trained, { atol: roundingOf(trained) });
    expect(await again.read()).toEqual(numbers);
    expect(() => again.write({ ...numbers, factors: new Map() })).toThrow(
      expect.objectContaining({ code: "ERR_MISMATCH" }),
    );
    model.dispose();
    fresh.dispose();
  });

  it("has the gradients of the weights that it changes, carried over to the factors", async () => {
    // dL/dA = s·Bᵀ·dL/dW and dL/dB = s·dL/dW·Aᵀ, with dL/dW from a model whose weights hold the change.
    const [model, merged] = [
      newModel({ num_experts_per_tok: 8 }),
      newModel({ num_experts_per_tok: 8 }),
    ];
    for (const one of [model, merged])
      for (const layer of one.moeLayers.values()) layer.auxLoss = "off";
    const options = { rank: 2, alpha: 6, targetModules: ["up_proj"] };
    const lora = attachLora(model, { ...options, generator: new Generator(4) });
    train(model, lora.parameters());
    const twin = attachLora(merged, options);
    twin.write(await lora.read());
    await twin.merge();
    merged.requireGrad();
    tidy(() => model.loss(batch).backward());
    tidy(() => merged.loss(batch).backward());
    const own = model.moeLayers.get(1)!.experts as unknown as Record<
      string,
      { grad: { dataSync(): Float32Array }; dataSync(): Float32Array }
    >;
    const dw = merged.moeLayers.get(1)!.experts.gateUp.grad!.dataSync(); // [8, 16, 16], up rows from 8
    const [a, b] = [own.loraUpA!.dataSync(), own.loraUpB!.dataSync()]; // [8, 2, 16], [8, 8, 2]
    const [da, db] = [new Float32Array(a.length), new Float32Array(b.length)];
    for (let e = 0; e < 8; e++)
      for (let r = 0; r < 2; r++)
        for (let o = 0; o < 8; o++)
          for (let i = 0; i < 16; i++) {
            const g = 3 * dw[(e * 16 + 8 + o) * 16 + i]!;
            da[(e * 2 + r) * 16 + i]! += b[(e * 8 + o) * 2 + r]! * g;
            db[(e * 8 + o) * 2 + r]! += a[(e * 2 + r) * 16 + i]! * g;
          }
    expect(own.loraUpA!.grad.dataSync()).toBeAllclose(da, { rtol: 1e-3, atol: 1e-6 });
    expect(own.loraUpB!.grad.dataSync()).toBeAllclose(db, { rtol: 1e-3, atol: 1e-6 });
    model.dispose();
    merged.dispose();
  });

  it("drops inputs of the factors while training only", async () => {
    const model = newModel();
    const lora = attachLora(model, { dropout: 0.5, generator: new Generator(1) });
    train(model, lora.parameters());
    expect(logitsOf(model)).not.toEqual(logitsOf(model));
    model.eval();
    expect(logitsOf(model)).toEqual(logitsOf(model));
    model.dispose();
  });

  it.each([
    [{ rank: 0 }, "ERR_RANGE", /rank must be a whole number of at least 1, got 0/],
    [{ alpha: 0 }, "ERR_RANGE", /alpha must be a finite number above 0/],
    [{ dropout: 1 }, "ERR_RANGE", /dropout must be a finite number of at least 0 and below 1/],
    [{ targetModules: ["nothing"] }, "ERR_MISSING", /targetModules must name modules/],
  ])("refuses %o", (options, code, message) => {
    const model = newModel();
    expect(() => attachLora(model, options)).toThrow(message);
    expect(() => attachLora(model, options)).toThrow(expect.objectContaining({ code }));
    model.dispose();
  });

  it("is attached once at a time", () => {
    const model = newModel();
    const lora = attachLora(model);
    expect(() => attachLora(model)).toThrow(/attached already/);
    lora.detach();
    expect(() => attachLora(model)).not.toThrow();
    model.dispose();
  });
});

describe("a training of attached factors", () => {
  async function run(folder: string, config: Partial<TrainConfig>, seed: number): Promise<Lora> {
    manualSeed(3);
    const model = newModel();
    const generator = new Generator(seed);
    const lora = attachLora(model, { rank: 2, alpha: 4, dropout: 0.2, generator });
    const checkpoint = { folder, everySteps: 2, parts: { lora: lora.checkpointPart } };
    for await (const _ of trainModel(model, data, {
      steps: 6,
      lr: 0.01,
      checkpoint,
      ...config,
    }));
    const factors = await lora.read();
    model.dispose();
    return factors;
  }

  it("resumes to the factors of an undisturbed one, dropout included, bit for bit", async () => {
    const root = await mkdtemp(join(tmpdir(), "deepgrain-lora-"));
    const whole = await run(join(root, "whole"), {}, 1);
    const stop = new AbortController();
    const afterStep = (step: number) => {
      if (step === 3) stop.abort(new Error("stop"));
    };
    const parts = join(root, "parts");
    await expect(run(parts, { afterStep, signal: stop.signal }, 1)).rejects.toThrow("stop");
    expect(await run(parts, { resume: true }, 99)).toEqual(whole);
    await rm(root, { recursive: true });
  });

  it("saves models without factors", async () => {
    const root = await mkdtemp(join(tmpdir(), "deepgrain-lora-"));
    const model = new CausalLM(tinyLlama(), { generator: null });
    const lora = attachLora(model, { rank: 2 });
    await saveModel(root, model);
    lora.detach();
    const again = await loadModel(root);
    expect(again.weightNames()).toEqual(model.weightNames());
    await rm(root, { recursive: true });
  });
});
