import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createWasmBackend, Generator, memory, setBackend, tidy } from "@deepgrain/tensor-gpu";
import { sharedIsMissing } from "@deepgrain/vitest/shared";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  attachLora,
  CausalLM,
  generate,
  loadModel,
  modelBytes,
  replaceWeights,
  saveModel,
} from "../../src";
import {
  goldenFamilies,
  goldenFolder,
  goldenModels,
  norm2,
  readGolden,
  tokensOf,
} from "../model/golden-model";
import { tinyDeepseekV2, tinyGpt2, tinyLlama } from "../support/tiny-models";

/**
 * Root mean square of a logit's error, as a share of the logits'. A weight is rounded to 1/512 in bfloat16, and to 1/254 of
 * its block's largest in int8, and activations with it; the golden models are a few layers of drawn weights.
 */
const TOLERANCE = { bfloat16: 0.04, int8: 0.07 };

let folder: string;
beforeAll(async () => {
  setBackend("wasm");
  folder = await mkdtemp(join(tmpdir(), "compact-"));
});
afterAll(() => rm(folder, { recursive: true }));

const logitsOf = (model: CausalLM, ids: number[][]) =>
  tidy(() => model.forward(tokensOf(ids)).dataSync());

async function greedy(model: CausalLM, prompt: number[], maxNewTokens: number) {
  const run = generate(model, [prompt], { maxNewTokens, eosTokenId: null });
  for (;;) {
    const { done, value } = await run.next();
    if (done) return value[0];
  }
}

describe.skipIf(sharedIsMissing).each(["bfloat16", "int8"] as const)("as %s", (dtype) => {
  it.each([...goldenModels, ...goldenFamilies])("%s is near the reference", async (name) => {
    const golden = readGolden(name);
    const model = (await loadModel(goldenFolder(name), { dtype })).eval();
    const logits = logitsOf(model, golden.input_ids);
    const error = logits.map((x, i) => x - golden.logits.data[i]!);
    expect(norm2(error) / norm2(golden.logits.data)).toBeLessThan(TOLERANCE[dtype]);
    expect([...model.namedTensors()].some(([, weight]) => weight.dtype === dtype)).toBe(true);
    expect(model.parameters()).toEqual([]);
    model.dispose();
  });
});

describe("a model in fewer bits", () => {
  const ids = [[1, 5, 9, 20, 3]];
  const configs = { llama: tinyLlama(), gpt2: tinyGpt2(), latents: tinyDeepseekV2() };

  it.each(Object.keys(configs) as (keyof typeof configs)[])(
    "of bfloat16 files computes as its float32 does (%s)",
    async (name) => {
      const path = join(folder, `exact-${name}`);
      const drawn = new CausalLM(configs[name], { generator: new Generator(3) });
      await saveModel(path, drawn, { dtype: "BF16" });
      const [wide, auto] = [await loadModel(path), await loadModel(path, { dtype: "auto" })];
      expect([...auto.namedTensors()].some(([, weight]) => weight.dtype === "bfloat16")).toBe(true);
      for (const each of [wide, auto]) each.eval();
      expect(logitsOf(auto, ids)).toBeAllclose(logitsOf(wide, ids), { rtol: 1e-4, atol: 1e-6 });
      expect(await greedy(auto, ids[0]!, 8)).toEqual(await greedy(wide, ids[0]!, 8));
      expect((await auto.readWeight(auto.weightNames()[0]!)).data).toEqual(
        (await wide.readWeight(auto.weightNames()[0]!)).data,
      );
      for (const each of [drawn, wide, auto]) each.dispose();
    },
  );

  it("is kept as float32 by auto where the file is", async () => {
    const path = join(folder, "wide");
    const drawn = new CausalLM(tinyLlama(), { generator: new Generator(3) });
    await saveModel(path, drawn);
    const auto = await loadModel(path, { dtype: "auto" });
    expect([...auto.namedTensors()].every(([, weight]) => weight.dtype === "float32")).toBe(true);
    for (const each of [drawn, auto]) each.dispose();
  });

  it("takes the bytes that are said beforehand", async () => {
    for (const config of Object.values(configs))
      for (const dtype of ["float32", "bfloat16", "int8"] as const) {
        const path = join(folder, "bytes");
        const drawn = new CausalLM(config, { generator: new Generator(3) });
        await saveModel(path, drawn);
        drawn.dispose();
        const model = await loadModel(path, { dtype });
        const storages = new Set([...model.namedTensors()].map(([, { storage }]) => storage));
        const bytes = [...storages].reduce((sum, { byteLength }) => sum + byteLength, 0);
        expect(Math.abs(bytes - modelBytes(config, dtype))).toBeLessThan(64);
        model.dispose();
      }
  });

  it("says that it does not fit, with the sizes, before memory is taken", async () => {
    const path = join(folder, "large");
    const config = tinyLlama({ vocab_size: 40_000, hidden_size: 64, num_attention_heads: 4 });
    const drawn = new CausalLM(config, { generator: new Generator(3) });
    await saveModel(path, drawn);
    drawn.dispose();
    const { bytes } = memory();
    const small = setBackend(createWasmBackend({ threads: 1, maximumBytes: bytes + (14 << 20) }));
    try {
      await expect(loadModel(path)).rejects.toMatchObject({
        code: "ERR_MEMORY",
        message: expect.stringMatching(
          /as float32, .* as bfloat16, .* as int8.*pass dtype: "bfloat16"/,
        ),
      });
      expect(memory().bytes).toBe(bytes);
    } finally {
      await small.dispose();
      setBackend("wasm");
    }
  });

  it("refuses an unknown type", async () => {
    const path = join(folder, "wide");
    await expect(loadModel(path, { dtype: "int4" as "int8" })).rejects.toMatchObject({
      code: "ERR_RANGE",
    });
  });

  it.each([
    ["a mixture", tinyDeepseekV2()],
    ["a dense model", tinyLlama()],
  ])("carries LoRA factors, which change it and merge (%s)", async (kind, config) => {
    const path = join(folder, `lora ${kind}`);
    const drawn = new CausalLM(config, { generator: new Generator(3) });
    await saveModel(path, drawn, { dtype: "BF16" });
    const [wide, model] = [await loadModel(path), await loadModel(path, { dtype: "bfloat16" })];
    const before = logitsOf(model.eval(), ids);
    const attached = [wide.eval(), model].map((each) =>
      attachLora(each, { rank: 2, generator: new Generator(9) }),
    );
    for (const { parameters } of attached)
      for (const factor of parameters())
        factor.set(Array.from({ length: factor.size }, (_, i) => Math.sin(i)));
    const changed = logitsOf(wide, ids);
    expect(logitsOf(model, ids)).toBeAllclose(changed, { rtol: 1e-4, atol: 1e-5 });
    expect(norm2(changed.map((x, i) => x - before[i]!))).toBeGreaterThan(1e-2);
    expect(await greedy(model, ids[0]!, 6)).toEqual(await greedy(wide, ids[0]!, 6));
    await attached[1]!.merge();
    const merged = logitsOf(model, ids);
    const error = norm2(merged.map((x, i) => x - changed[i]!)) / norm2(changed);
    expect(error).toBeLessThan(kind === "a mixture" ? 1 : 0.05); // rounding may choose other experts
    for (const each of [drawn, wide, model]) each.dispose();
  });

  it("gets its weights back bit for bit after an adapter", async () => {
    for (const dtype of ["bfloat16", "int8"] as const) {
      const model = await loadModel(join(folder, "wide"), { dtype });
      const name = "model.layers.0.mlp.down_proj.weight";
      const { data: before } = await model.readWeight(name);
      const replaced = await replaceWeights(model, [name], (_, old) => old.map((x) => x + 0.5));
      expect((await model.readWeight(name)).data[0]).toBeCloseTo(before[0]! + 0.5, 1);
      replaced.restore();
      expect((await model.readWeight(name)).data).toEqual(before);
      model.dispose();
    }
  });
});
