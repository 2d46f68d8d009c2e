import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setBackend } from "@deepgrain/tensor-gpu";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { beforeAll, describe, expect, it } from "vitest";
import { type CausalLM, generate, LmError, loadModel, saveModel } from "../../src";
import { norm2 } from "./golden-model";

/** tiny-random-gpt2 on these ids, computed once in float64 by a forward pass written out in PyTorch 2.6. */
const reference = {
  ids: [
    [5, 17, 981, 2, 44, 300, 7, 640, 98, 1],
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
  ],
  loss: 6.975386425290036,
  lastLogits: [
    [0.0590361, 0.260605, 0.00888796, -0.0541171, -0.0545656, 0.167163, 0.0215344, 0.0248034],
    [0.38897, -0.0595452, -0.0559832, -0.0345986, -0.207677, 0.220846, 0.102743, 0.0865431],
  ],
  logitsNorm: 16.0673131,
  gradientNorms: {
    "transformer.wte.weight": 1.73131,
    "transformer.wpe.weight": 1.00423,
    "transformer.h.0.attn.c_attn.weight": 0.4547,
    "transformer.h.2.mlp.c_fc.bias": 0.0956999,
    "transformer.h.4.mlp.c_proj.weight": 0.392557,
    "transformer.ln_f.weight": 0.029057,
  },
  greedyFrom: [5, 17, 981],
  greedy: new Array<number>(12).fill(292),
};

describe.skipIf(sharedIsMissing)("tiny-random-gpt2", () => {
  let model: CausalLM;
  const tokens = { ids: reference.ids.flat(), batch: 2, length: 10 };
  beforeAll(async () => {
    setBackend("wasm");
    model = (await loadModel(shared("data/models/tiny-random-gpt2"))).eval();
  });

  it("gives the reference logits, loss and gradients", () => {
    const logits = model.forward(tokens);
    expect([norm2(logits.dataSync())]).toBeAllclose([reference.logitsNorm], { rtol: 1e-4 });
    const last = logits.narrow(1, 9, 1).narrow(2, 0, 8).dataSync();
    expect(last).toBeAllclose(reference.lastLogits.flat(), { rtol: 0, atol: 1e-4 * 0.53 });
    const loss = model.loss(tokens);
    expect([loss.itemSync()]).toBeAllclose([reference.loss], { rtol: 0, atol: 1e-4 });
    loss.backward();
    const gradients = new Map(
      [...model.namedTensors()].map(([, weight]) => [weight.storage, weight.grad]),
    );
    for (const [name, expected] of Object.entries(reference.gradientNorms))
      expect(
        [norm2(gradients.get(model.weightViews.get(name)!.storage)!.dataSync())],
        name,
      ).toBeAllclose([expected], { rtol: 1e-3 });
    model.zeroGrad();
  });

  it("generates the reference tokens", async () => {
    const run = generate(model, [reference.greedyFrom], { maxNewTokens: 12, eosTokenId: null });
    let next = await run.next();
    while (!next.done) next = await run.next();
    expect(next.value[0]).toEqual(reference.greedy);
  });

  it("survives saving in shards and in bfloat16", async () => {
    const folder = await mkdtemp(join(tmpdir(), "deepgrain-gpt2-"));
    await saveModel(join(folder, "shards"), model, { maxShardSizeBytes: 100_000 });
    expect(
      (await readdir(join(folder, "shards"))).filter((name) => name.endsWith(".safetensors"))
        .length,
    ).toBeGreaterThan(2);
    const sharded = await loadModel(join(folder, "shards"));
    for (const name of model.weightNames())
      expect(await sharded.readWeight(name)).toEqual(await model.readWeight(name));
    await saveModel(join(folder, "half"), model, { dtype: "BF16" });
    const half = await loadModel(join(folder, "half"));
    for (const name of model.weightNames()) {
      const [{ data: rounded }, { data }] = [
        await half.readWeight(name),
        await model.readWeight(name),
      ];
      expect(rounded, name).toBeAllclose(data, { rtol: 2 ** -8, atol: 0 });
    }
    await rm(folder, { recursive: true });
  });

  it("names missing and unexpected weights", async () => {
    const folder = await mkdtemp(join(tmpdir(), "deepgrain-gpt2-"));
    await expect(loadModel(folder)).rejects.toThrow(/no config.json/);
    await saveModel(folder, model);
    const { writeFile, readFile } = await import("node:fs/promises");
    const config = JSON.parse(await readFile(join(folder, "config.json"), "utf8"));
    const withLayers = (n: number) =>
      writeFile(join(folder, "config.json"), JSON.stringify({ ...config, n_layer: n }));
    await withLayers(6);
    await expect(loadModel(folder)).rejects.toThrow(
      /12 missing weights \(transformer\.h\.5\.ln_1\.weight/,
    );
    await withLayers(4);
    const error = await loadModel(folder).catch((e: unknown) => e);
    expect(LmError.isInstance(error) && error.code).toBe("ERR_MISSING");
    await rm(folder, { recursive: true });
  });
});
