import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Generator, optim, setBackend, tidy } from "@deepgrain/tensor-gpu";
import { beforeEach, describe, expect, it } from "vitest";
import { applyLora, attachLora, CausalLM, readLora, saveLora } from "../../src";
import type { AttachLoraOptions } from "../../src/lora/attach-lora";
import type { Lora } from "../../src/lora/lora-delta";
import { countingData, tinyDeepseek } from "../support/tiny-models";

const batch = countingData(31).batch(0);
const newModel = () => new CausalLM(tinyDeepseek(), { generator: new Generator(7) }).train();
const lossOf = (model: CausalLM) => {
  model.eval();
  const loss = tidy(() => model.loss(batch).itemSync());
  model.train();
  return loss;
};

beforeEach(() => void setBackend("js"));

/** Trains for some steps with decay, which must not wake what has no factors. */
function train(model: CausalLM): void {
  const optimizer = new optim.AdamW(model.parameters(), { lr: 0.05, weightDecay: 0.1 });
  for (let step = 0; step < 8; step++)
    tidy(() => {
      model.loss(batch).backward();
      optimizer.step();
      optimizer.zeroGrad();
    });
  optimizer.dispose();
}

/** Trains an adapter, stores it and reads it back. */
async function trained(options: AttachLoraOptions): Promise<{
  loss: number;
  lora: Lora;
  again: Lora;
}> {
  const model = newModel();
  const attached = attachLora(model, { rank: 4, generator: new Generator(3), ...options });
  train(model);
  const loss = lossOf(model);
  const lora = await attached.read();
  const folder = await mkdtemp(join(tmpdir(), "deepgrain-lora-"));
  await saveLora(folder, lora);
  const again = await readLora(folder);
  await rm(folder, { recursive: true });
  model.dispose();
  return { loss, lora, again };
}

/** The base model's loss with an adapter applied to its weights, and with its factors attached. */
async function lossesWith(lora: Lora, options: AttachLoraOptions) {
  const [applied, attached] = [newModel(), newModel()];
  const handle = await applyLora(applied, lora);
  const factors = attachLora(attached, { rank: 4, ...options });
  factors.write(lora);
  const losses = [lossOf(applied), lossOf(attached)];
  handle.restore();
  expect(lossOf(applied)).toBe(lossOf(newModel()));
  applied.dispose();
  attached.dispose();
  return losses;
}

const experts = "model.layers.1.mlp.experts";

describe("factors of stacked experts", () => {
  it.each<[string, AttachLoraOptions]>([
    ["an alpha of one kind of matrix", { alphaPattern: { down_proj: 64 } }],
    ["an alpha of one expert's matrix", { alphaPattern: { "experts.1.up_proj": 64 } }],
    ["a rank of one kind of matrix", { rankPattern: { down_proj: 2 } }],
    [
      "ranks and alphas of single experts",
      {
        rankPattern: { "experts\\.[02]\\.up_proj": 2, "experts.5.gate_proj": 1 },
        alphaPattern: { "experts.7.*": 3 },
        useRslora: true,
      },
    ],
    ["chosen experts", { targetModules: ["experts.3.up_proj", "experts.6.down_proj", "q_proj"] }],
    ["an expression", { targetModules: ".*\\.experts\\.(1|4)\\.(up|gate)_proj" }],
  ])("are trained, stored and read back as PEFT has them, with %s", async (_, options) => {
    const { loss, lora, again } = await trained(options);
    expect([...again.factors].sort()).toEqual([...lora.factors].sort());
    for (const own of await lossesWith(again, options)) expect(own).toBeCloseTo(loss, 5);
    expect(loss).not.toBeCloseTo(lossOf(newModel()), 2);
  });

  it("have the rank that a pattern gives each matrix", async () => {
    const { lora } = await trained({ rankPattern: { down_proj: 2, "experts.5.gate_proj": 1 } });
    const rank = (module: string) => lora.factors.get(module)!.a.shape[0];
    expect(rank(`${experts}.0.down_proj`)).toBe(2);
    expect(rank(`${experts}.5.gate_proj`)).toBe(1);
    expect(rank(`${experts}.4.gate_proj`)).toBe(4);
    expect(rank("model.layers.0.mlp.down_proj")).toBe(2);
  });

  it("cost parameters for chosen experts only", () => {
    const model = newModel();
    const lora = attachLora(model, {
      rank: 2,
      targetModules: ["experts.3.up_proj", "experts.6.up_proj"],
    });
    expect(lora.modules).toEqual([`${experts}.3.up_proj`, `${experts}.6.up_proj`]);
    const counted = lora.parameters().reduce((sum, { size }) => sum + size, 0);
    expect(counted).toBe(2 * 2 * (16 + 8));
    expect(model.parameters().reduce((sum, { size }) => sum + size, 0)).toBe(counted);
    model.dispose();
  });

  it("are merged expert by expert", async () => {
    const model = newModel();
    const options = { alphaPattern: { "experts.1.up_proj": 64 }, rankPattern: { down_proj: 2 } };
    const lora = attachLora(model, { ...options, generator: new Generator(3) });
    train(model);
    const loss = lossOf(model);
    await lora.merge();
    expect(lossOf(model)).toBeCloseTo(loss, 5);
    model.dispose();
  });
});

describe("modulesToSave", () => {
  const options: AttachLoraOptions = {
    targetModules: ["q_proj"],
    modulesToSave: ["embed_tokens", "lm_head", "mlp.gate"],
  };

  it("are trained whole, stored, read back and applied", async () => {
    const { loss, lora, again } = await trained(options);
    const names = ["model.embed_tokens.weight", "model.layers.1.mlp.gate.weight", "lm_head.weight"];
    expect([...lora.saved.keys()].sort()).toEqual([...names].sort());
    expect(new Map([...again.saved].sort())).toEqual(new Map([...lora.saved].sort()));
    for (const own of await lossesWith(again, options)) expect(own).toBeCloseTo(loss, 5);
  });

  it("go back to what they were when factors are left out or taken off", () => {
    const model = newModel();
    const before = lossOf(model);
    const lora = attachLora(model, { ...options, generator: new Generator(3) });
    train(model);
    const after = lossOf(model);
    expect(after).toBeLessThan(before);
    expect(lora.withoutFactors(() => lossOf(model))).toBe(before);
    expect(lossOf(model)).toBe(after);
    lora.detach();
    expect(lossOf(model)).toBe(before);
    expect(model.parameters()).toEqual([]);
    model.dispose();
  });

  it("stay trained after a merge", async () => {
    const model = newModel();
    const lora = attachLora(model, { ...options, generator: new Generator(3) });
    train(model);
    const loss = lossOf(model);
    await lora.merge();
    expect(lossOf(model)).toBeCloseTo(loss, 5);
    model.dispose();
  });

  it.each([
    ["nothing", "ERR_MISSING"],
    ["experts", "ERR_STATE"],
  ])("refuse %s, and leave nothing attached", (name, code) => {
    const model = newModel();
    const attempt = () => attachLora(model, { modulesToSave: [name] });
    expect(attempt).toThrow(expect.objectContaining({ code }));
    expect([...model.namedTensors()].filter(([own]) => /lora[A-Z]/.test(own))).toEqual([]);
    model.dispose();
  });
});
