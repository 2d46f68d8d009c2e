import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Generator, memory, noGrad, type Tensor, tensor, tidy } from "@deepgrain/tensor-gpu";
import { describe, expect, it, onTestFinished } from "vitest";
import { CausalLM, loadModel, type parseConfig, saveModel, streamModel } from "../../src";
import { tinyDeepseekV2, tinyDeepseekV3, tinyLlama } from "../support/tiny-models";

const tokens = { ids: [1, 2, 3, 5, 8, 13, 21, 3, 4, 7], batch: 2, length: 5 };

async function savedFolder(config: ReturnType<typeof parseConfig>, options = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "deepgrain-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const model = new CausalLM(config, { generator: new Generator(4) });
  await saveModel(folder, model, options);
  model.dispose();
  return folder;
}

const copyOf = (x: Tensor) => x.dataSync().slice();

describe("streamModel", () => {
  it.each([
    ["llama", tinyLlama()],
    ["deepseek_v2", tinyDeepseekV2()],
    ["deepseek_v3", tinyDeepseekV3({ num_hidden_layers: 3 })],
  ])("gives the residual streams of a loaded %s, out of shards of 16 bits", async (_, config) => {
    const folder = await savedFolder(config, { dtype: "BF16", maxShardSizeBytes: 3000 });
    const wanted: ArrayLike<number>[] = [];
    const model = await loadModel(folder);
    tidy(() =>
      noGrad(() =>
        model
          .eval()
          .hiddenStates(tokens, { hooks: { residual: (x) => void wanted.push(copyOf(x)) } }),
      ),
    );
    model.dispose();
    const streamed = await streamModel(folder);
    const { shape, data } = await streamed.embed(tokens);
    expect(data).toEqual(wanted[0]);
    let hidden = tensor(data, { shape });
    for (let block = 0; block < config.numHiddenLayers; block++) {
      const open = await streamed.openBlock(block);
      const next = noGrad(() => open.forward(hidden));
      open.dispose();
      hidden.dispose();
      hidden = next;
      expect(copyOf(hidden)).toEqual(wanted[block + 1]);
    }
    hidden.dispose();
    await streamed.close();
  });

  it("holds the weights of one block at a time, and nothing afterwards", async () => {
    const config = tinyDeepseekV2({ num_hidden_layers: 5, n_routed_experts: 16 });
    const folder = await savedFolder(config);
    const before = memory().bytes;
    const streamed = await streamModel(folder);
    expect(memory().bytes).toBe(before);
    const held: number[] = [];
    for (let block = 0; block < 5; block++) {
      const open = await streamed.openBlock(block);
      held.push(memory().bytes - before);
      expect(open.moe?.name).toBe(block === 0 ? undefined : `model.layers.${block}.mlp`);
      open.dispose();
      expect(memory().bytes).toBe(before);
    }
    const own = new CausalLM(config, { generator: null });
    const bytesOf = (block: number) =>
      [...own.model!.layers[block]!.namedTensors()].reduce((sum, [, w]) => sum + 4 * w.size, 0);
    expect(held).toEqual([0, 1, 2, 3, 4].map(bytesOf));
    own.dispose();
    await streamed.close();
  });

  it("names what a file lacks, and blocks and families that are not there", async () => {
    const folder = await savedFolder(tinyDeepseekV2());
    const streamed = await streamModel(folder);
    await expect(streamed.openBlock(2)).rejects.toThrow(/block must be from 0 to 1, got 2/);
    await expect(streamed.embed({ ...tokens, length: 4 })).rejects.toMatchObject({
      code: "ERR_SHAPE",
    });
    await streamed.close();
    const small = new CausalLM(tinyDeepseekV2({ n_routed_experts: 4 }));
    await saveModel(folder, small);
    small.dispose();
    await writeFile(join(folder, "config.json"), JSON.stringify(tinyDeepseekV2().source));
    const fewer = await streamModel(folder);
    const before = memory().bytes;
    await expect(fewer.openBlock(1)).rejects.toThrow(/missing weights .*experts\.4\.gate_proj/);
    expect(memory().bytes).toBe(before);
    await fewer.close();
    await writeFile(join(folder, "config.json"), '{"model_type": "gpt2"}');
    await expect(streamModel(folder)).rejects.toMatchObject({ code: "ERR_CONFIG" });
    await expect(streamModel(join(folder, "none"))).rejects.toThrow(/no config.json/);
  });

  it("stops when it is aborted and frees what it had read", async () => {
    const folder = await savedFolder(tinyDeepseekV2());
    const streamed = await streamModel(folder);
    const before = memory().bytes;
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(streamed.openBlock(1, { signal })).rejects.toThrow("enough");
    expect(memory().bytes).toBe(before);
    await streamed.close();
  });
});
