/** @file The types of mixed files; that they are those of llama.cpp's quantiser, `test/slow/gguf-quantiser.test.ts` finds out. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openGguf, setBackend } from "@deepgrain/tensor-gpu";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CausalLM, loadModel, parseConfig, saveGguf } from "../../src";
import { type MixedType, mixedTypeOf } from "../../src/gguf/mixed-types";

const shared = {
  model_type: "llama",
  vocab_size: 300,
  hidden_size: 512,
  intermediate_size: 1024,
  num_hidden_layers: 16,
  num_attention_heads: 8,
  num_key_value_heads: 4,
  max_position_embeddings: 32,
};

/** The types of one tensor of all layers, a letter each. */
function layersOf(type: MixedType, json: object, name: string, shape: readonly number[]): string {
  const config = parseConfig({ ...shared, ...json });
  const layers = Array.from({ length: config.numHiddenLayers }, (_, i) => i);
  return layers.map((i) => mixedTypeOf(type, config, `blk.${i}.${name}.weight`, shape)).join(" ");
}

const typeOf = (type: MixedType, json: object, name: string, width = 512) =>
  mixedTypeOf(type, parseConfig({ ...shared, ...json }), name, [8, width]);

describe("mixedTypeOf", () => {
  it("gives values and down projections of the outer eighths and of every third layer between six bits", () => {
    const wanted = Array.from({ length: 16 }, (_, i) =>
      [0, 1, 4, 7, 10, 13, 14, 15].includes(i) ? "Q6_K" : "Q4_K",
    ).join(" ");
    for (const name of ["attn_v", "attn_qkv", "attn_kv_b", "ffn_down", "ffn_down_exps"])
      expect(layersOf("Q4_K_M", {}, name, [8, 512]), name).toBe(wanted);
    for (const name of ["attn_q", "attn_k", "attn_output", "ffn_gate", "ffn_up_exps"])
      expect(new Set(layersOf("Q4_K_M", {}, name, [8, 512]).split(" "))).toEqual(new Set(["Q4_K"]));
    const two = layersOf("Q4_K_M", { num_hidden_layers: 2 }, "ffn_down", [8, 512]);
    expect(two).toBe("Q4_K Q6_K");
    expect(new Set(layersOf("Q6_K", {}, "attn_v", [8, 512]).split(" "))).toEqual(new Set(["Q6_K"]));
  });

  it("gives the head, or the embedding that stands for it, six bits", () => {
    expect(typeOf("Q4_K_M", {}, "output.weight")).toBe("Q6_K");
    expect(typeOf("Q4_K_M", {}, "token_embd.weight")).toBe("Q4_K");
    expect(typeOf("Q4_K_M", { tie_word_embeddings: true }, "token_embd.weight")).toBe("Q6_K");
    expect(typeOf("Q4_K_M", {}, "output.weight", 576)).toBe("Q8_0");
    expect(typeOf("Q4_K_M", {}, "token_embd.weight", 576)).toBe("Q5_0");
  });

  it("gives rows that are no multiple of 256 blocks of 32, and others float16", () => {
    const short = (name: string, width: number) =>
      layersOf("Q4_K_M", { num_hidden_layers: 2 }, name, [8, width]);
    expect(short("ffn_up", 896)).toBe("Q5_0 Q5_0");
    expect(short("ffn_down", 896)).toBe("Q5_0 Q8_0");
    expect(short("ffn_down", 40)).toBe("F16 F16");
    expect(typeOf("Q6_K", {}, "blk.0.attn_q.weight", 576)).toBe("Q8_0");
  });

  it("gives the attention of eight experts more bits", () => {
    const eight = { model_type: "mixtral", num_local_experts: 8 };
    const four = { model_type: "mixtral", num_local_experts: 4 };
    for (const [name, wanted] of [
      ["attn_v", "Q8_0"],
      ["attn_k", "Q8_0"],
      ["attn_output", "Q5_K"],
      ["attn_q", "Q4_K"],
    ])
      expect(typeOf("Q4_K_M", eight, `blk.3.${name}.weight`), name).toBe(wanted);
    expect(typeOf("Q4_K_M", eight, "blk.3.attn_output.weight", 576)).toBe("Q5_1");
    expect(typeOf("Q6_K", eight, "blk.3.attn_output.weight")).toBe("Q6_K");
    expect(typeOf("Q6_K", eight, "blk.3.attn_k.weight")).toBe("Q8_0");
    expect(typeOf("Q4_K_M", four, "blk.3.attn_k.weight")).toBe("Q4_K");
  });

  it("gives the shared values of 80 layers five bits", () => {
    const large = { num_hidden_layers: 80 };
    expect(typeOf("Q4_K_M", large, "blk.20.attn_v.weight")).toBe("Q5_K");
    expect(typeOf("Q4_K_M", { ...large, num_key_value_heads: 8 }, "blk.20.attn_v.weight")).toBe(
      "Q4_K",
    );
    expect(typeOf("Q4_K_M", { ...large, model_type: "qwen3" }, "blk.20.attn_v.weight")).toBe(
      "Q4_K",
    );
  });
});

describe("saveGguf of a mixed type", () => {
  let folder: string;
  beforeAll(async () => {
    setBackend("wasm");
    folder = await mkdtemp(join(tmpdir(), "mixed-gguf-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const small = {
    ...shared,
    hidden_size: 256,
    intermediate_size: 288,
    num_hidden_layers: 2,
    model_type: "deepseek",
    num_key_value_heads: 8,
    n_routed_experts: 4,
    num_experts_per_tok: 2,
    n_shared_experts: 1,
    moe_intermediate_size: 256,
    first_k_dense_replace: 1,
    norm_topk_prob: false,
  };

  it.each([
    ["Q4_K_M", 15, { up: "Q4_K", down: "Q5_0", experts: "Q6_K" }],
    ["Q6_K", 18, { up: "Q6_K", down: "Q8_0", experts: "Q6_K" }],
  ] as const)("writes %s, which is read back close to the model", async (type, number, wanted) => {
    const model = new CausalLM(parseConfig(small)).eval();
    const path = join(folder, `${type}.gguf`);
    await saveGguf(path, model, null, { type });
    const file = await openGguf(path);
    expect(file.values.get("general.file_type")).toBe(number);
    const dtypes = {
      "blk.0.ffn_up.weight": wanted.up,
      "blk.0.ffn_down.weight": wanted.down,
      "blk.1.ffn_down_exps.weight": wanted.experts,
      "blk.1.ffn_down_shexp.weight": "Q6_K",
      "blk.1.ffn_gate_exps.weight": wanted.up,
      "blk.1.ffn_gate_inp.weight": "F32",
      "blk.1.attn_norm.weight": "F32",
      "output.weight": "Q6_K",
    };
    for (const [name, dtype] of Object.entries(dtypes))
      expect(file.info(name).dtype, name).toBe(dtype);
    await file.close();
    const kept = (await loadModel(path, { dtype: "auto" })).eval();
    for (const name of model.weightNames()) {
      const before = (await model.readWeight(name)).data;
      const after = (await kept.readWeight(name)).data;
      const power = before.reduce((sum, x) => sum + x * x, 0);
      const lost = before.reduce((sum, x, i) => sum + (x - after[i]!) ** 2, 0);
      expect(lost, name).toBeLessThanOrEqual(0.008 * power);
    }
    // What was read as blocks is written bit for bit, by its own types and by the same choice.
    const [auto, same] = [join(folder, "auto.gguf"), join(folder, "same.gguf")];
    await saveGguf(auto, kept, null);
    await saveGguf(same, kept, null, { type });
    const files = await Promise.all([path, auto, same].map((each) => openGguf(each)));
    for (const name of files[0]!.names) {
      const read = await Promise.all(files.map((each) => each.readFloat32(name)));
      const [first, ...others] = read.map(({ data }) =>
        Buffer.from(data.buffer, data.byteOffset, data.byteLength),
      );
      for (const other of others) expect(Buffer.compare(other, first!), name).toBe(0);
    }
    for (const each of files) await each.close();
    for (const each of [model, kept]) each.dispose();
  });

  it("refuses numbers that are not finite or beyond its scales, and leaves no file", async () => {
    const model = new CausalLM(parseConfig(small));
    const path = join(folder, "refused.gguf");
    const size = 256 * 256;
    for (const bad of [Number.NaN, Infinity, 3e38]) {
      const down = new Float32Array(size).fill(0.01);
      down[size - 1] = bad;
      await model.writeWeight("model.layers.1.mlp.experts.3.down_proj.weight", down);
      await expect(saveGguf(path, model, null, { type: "Q4_K_M" })).rejects.toMatchObject({
        code: "ERR_RANGE",
        message: expect.stringContaining("blk.1.ffn_down_exps.weight must hold finite numbers"),
      });
    }
    expect(await readdir(folder)).not.toContain("refused.gguf");
    model.dispose();
  });

  it("stops between two pieces of a tensor when it is aborted", async () => {
    const model = new CausalLM(parseConfig(small));
    const path = join(folder, "aborted.gguf");
    const stop = new AbortController();
    const saved = saveGguf(path, model, null, { type: "Q6_K", signal: stop.signal });
    setImmediate(() => stop.abort(new Error("enough")));
    await expect(saved).rejects.toThrow("enough");
    expect(await readdir(folder)).not.toContain("aborted.gguf");
    model.dispose();
  });
});
