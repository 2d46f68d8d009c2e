/** @file The files of several types that `saveGguf` writes, beside those of llama.cpp's own quantiser. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openGguf, setBackend, toKBlocks } from "@deepgrain/tensor-gpu";
import { type LlamaCpp, llamaCppLibraries, openLlamaCpp } from "@deepgrain/vitest/llama-cpp";
import { f32Bytes, writeGguf } from "@deepgrain/vitest/write-gguf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CausalLM, parseConfig, saveGguf, tokenizerConfig, trainBpe } from "../../src";

const folder = mkdtempSync(join(tmpdir(), "deepgrain-quantiser-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const opened = openLlamaCpp(folder);
const isThere = !(opened instanceof Error);
if (!isThere)
  it.skip(`SKIPPED: node-llama-cpp is not installed (${opened.message.split("\n")[0]})`, () => {});
const llamaCpp = opened as LlamaCpp;

const shared = {
  vocab_size: 300,
  hidden_size: 256,
  intermediate_size: 256,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  max_position_embeddings: 32,
};
const of576 = {
  ...shared,
  hidden_size: 576,
  intermediate_size: 192,
  num_attention_heads: 9,
  num_key_value_heads: 3,
};
const of896 = { ...shared, hidden_size: 896, intermediate_size: 608, num_attention_heads: 14 };
const experts = { num_experts_per_tok: 2, moe_intermediate_size: 256 };
const tied = { tie_word_embeddings: true };
const mixtral = { model_type: "mixtral", num_local_experts: 8, num_experts_per_tok: 2 };
const deepseek = {
  ...experts,
  n_shared_experts: 1,
  first_k_dense_replace: 1,
  num_key_value_heads: 4,
};
/** For each shape a configuration. */
const shapes: Readonly<Record<string, object>> = {
  "llama of 16 layers": { ...shared, model_type: "llama", num_hidden_layers: 16 },
  "llama of 80 layers": {
    ...shared,
    model_type: "llama",
    num_hidden_layers: 80,
    head_dim: 16,
    intermediate_size: 64,
  },
  "tied llama with rows of 576, as SmolLM2": { ...of576, ...tied, model_type: "llama" },
  "llama with rows of 576": { ...of576, model_type: "llama" },
  "tied qwen2 with rows of 896, as Qwen2.5": { ...of896, ...tied, model_type: "qwen2" },
  "qwen2 with rows of 896": { ...of896, model_type: "qwen2" },
  "qwen3 of 5 layers": { ...shared, num_hidden_layers: 5, head_dim: 64, model_type: "qwen3" },
  "phi3, whose projections are joined": { ...shared, model_type: "phi3", num_key_value_heads: 4 },
  "tied gemma3": {
    ...shared,
    model_type: "gemma3_text",
    head_dim: 64,
    query_pre_attn_scalar: 64,
  },
  "mixtral of 8 experts": { ...shared, ...mixtral },
  "mixtral of 8 experts with rows of 576": { ...of576, ...mixtral },
  "olmoe of 4 experts": {
    ...shared,
    ...experts,
    model_type: "olmoe",
    num_experts: 4,
    num_key_value_heads: 4,
  },
  "granitemoe of 4 experts": {
    ...shared,
    model_type: "granitemoe",
    num_local_experts: 4,
    num_experts_per_tok: 2,
  },
  "qwen2_moe of 4 experts": {
    ...shared,
    ...experts,
    model_type: "qwen2_moe",
    num_experts: 4,
    shared_expert_intermediate_size: 256,
  },
  "deepseek of 8 experts": { ...shared, ...deepseek, model_type: "deepseek", n_routed_experts: 8 },
  "deepseek_v2 of 4 experts": {
    ...shared,
    ...deepseek,
    model_type: "deepseek_v2",
    n_routed_experts: 4,
    q_lora_rank: 256, // llama.cpp takes a model without one by its number of layers only
    kv_lora_rank: 256,
    qk_nope_head_dim: 64,
    qk_rope_head_dim: 32,
    v_head_dim: 64,
  },
};

/** llama.cpp's numbers of the types of files. */
const fileTypes = { Q4_K_M: 15, Q6_K: 18 } as const;

/** Draws of weights by a number from 0 to 1 at a time. */
const draws = {
  normal: (random: () => number) =>
    0.02 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  uniform: (random: () => number) => random() - 0.5,
  heavy: (random: () => number) => 0.01 * Math.tan(1.5 * (random() - 0.5)) ** 3,
  positive: (random: () => number) => 1 + 0.1 * (random() + random() - 1),
  sparse: (random: () => number) => (random() < 0.9 ? 0 : random() - 0.5),
};

/** Numbers from 0 to 1 from a seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const ROWS = 400;
const types = { Q4_K: 12, Q5_K: 13, Q6_K: 14 } as const;

describe.skipIf(!isThere)("ggml_quantize_chunk", () => {
  it.each(Object.entries(draws))("is met in mean squared error on %s weights", async (_, draw) => {
    const random = randomOf(1);
    const values = Float32Array.from({ length: ROWS * 256 }, () => draw(random));
    const path = join(folder, "values.f32");
    writeFileSync(path, f32Bytes(values));
    for (const [name, type] of Object.entries(types)) {
      const files = [{ path, type, rows: ROWS, width: 256 }];
      llamaCpp.run("quantize.mjs", { library: `${llamaCppLibraries}/libggml-base.so`, files });
      const error = async (bytes: Uint8Array) => {
        const file = await openGguf(
          writeGguf({}, [{ name: "w", shape: [ROWS, 256], type, bytes }]),
        );
        const { data } = await file.readFloat32("w");
        return values.reduce((sum, x, i) => sum + (x - data[i]!) ** 2, 0) / values.length;
      };
      const own = await error((await toKBlocks(name as keyof typeof types, values))!);
      const theirs = await error(new Uint8Array(readFileSync(`${path}.blocks`)));
      expect(own).toBeLessThanOrEqual(1.02 * theirs);
    }
  });
});

describe.skipIf(!isThere)("llama.cpp's quantiser", () => {
  let tokenizer: Awaited<ReturnType<typeof trainBpe>>;
  beforeAll(async () => {
    setBackend("wasm");
    tokenizer = await trainBpe(["a small text"], {
      vocabSize: 270,
      specialTokens: ["<s>", "</s>"],
    });
  });

  it.each(Object.entries(shapes))(
    "gives each tensor of a %s the type that saveGguf gives it, and both files are loaded",
    async (_, config) => {
      const model = new CausalLM(parseConfig(config));
      const roles = tokenizerConfig(tokenizer, { bosToken: "<s>", eosToken: "</s>" });
      const path = (name: string) => join(folder, `${name}.gguf`);
      const save = (name: string, type: "F32" | "Q4_K_M" | "Q6_K") =>
        saveGguf(path(name), model, { tokenizer, config: roles }, { type });
      await save("floats", "F32");
      const types = Object.keys(fileTypes) as (keyof typeof fileTypes)[];
      for (const type of types) await save(type, type);
      model.dispose();
      const jobs = types.map((type) => ({
        from: path("floats"),
        to: path(`own-${type}`),
        type: fileTypes[type],
      }));
      const listed = types.flatMap((type) => [path(type), path(`own-${type}`)]);
      const found = llamaCpp.requantise(jobs, listed, listed);
      for (const type of types) expect(found[path(type)]).toEqual(found[path(`own-${type}`)]);
    },
  );
});
