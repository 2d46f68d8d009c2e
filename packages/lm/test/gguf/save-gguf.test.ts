import { lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openGguf, setBackend, tidy } from "@deepgrain/tensor-gpu";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  assertGguf,
  CausalLM,
  createTokenizer,
  loadModel,
  loadTokenizer,
  parseConfig,
  saveGguf,
  tokenizerConfig,
  trainBpe,
} from "../../src";
import { goldenFamilies, goldenFolder } from "../model/golden-model";

let folder: string;
beforeAll(async () => {
  setBackend("wasm");
  folder = await mkdtemp(join(tmpdir(), "save-gguf-"));
});
afterAll(() => rm(folder, { recursive: true }));

const ids = { ids: [5, 1, 9, 100, 3, 77, 31, 8], batch: 1, length: 8 };
const logitsOf = (model: CausalLM) => tidy(() => model.eval().forward(ids).dataSync());

const tiny = {
  model_type: "llama",
  vocab_size: 300,
  hidden_size: 64,
  intermediate_size: 96,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  max_position_embeddings: 64,
};

/** Golden models of settings that no released model has, and that files cannot say. */
const unlike: Readonly<Record<string, string>> = {
  "mistral-window": "sliding window",
  gemma2: "layers",
  "gemma3-text": "layers",
};

describe.skipIf(sharedIsMissing)("saveGguf", () => {
  it.each([
    "llama-gqa",
    "deepseek-v1",
    "deepseek-v2-noqlora",
    "mla-yarn-qlora",
    ...goldenFamilies.filter((name) => !unlike[name]),
  ])("writes %s so that the same model is read back", async (name) => {
    const isCoder = name === "mla-yarn-qlora";
    const model = await loadModel(isCoder ? shared(`golden/coder/${name}`) : goldenFolder(name));
    const path = join(folder, `${name}.gguf`);
    await saveGguf(path, model, null);
    const again = await loadModel(path);
    try {
      // Numbers that the head keeps in float32 move logits by rounding only.
      expect(logitsOf(again)).toBeAllclose(logitsOf(model), { rtol: 1e-5, atol: 1e-5 });
    } finally {
      for (const each of [model, again]) each.dispose();
    }
  });

  it("refuses what llama.cpp's files cannot say, by name", async () => {
    for (const [name, what] of Object.entries(unlike)) {
      const model = await loadModel(goldenFolder(name));
      await expect(saveGguf(join(folder, "no.gguf"), model, null), name).rejects.toMatchObject({
        code: "ERR_CONFIG",
        message: expect.stringContaining(what),
      });
      model.dispose();
    }
    const lite = await loadModel(shared("golden/coder/mla-lite-yarn"));
    await expect(saveGguf(join(folder, "lite.gguf"), lite, null)).rejects.toMatchObject({
      code: "ERR_CONFIG",
      message: expect.stringContaining("positions"),
    });
    lite.dispose();
    expect(await readdir(folder)).not.toContain("lite.gguf");
    expect(await readdir(folder)).not.toContain("no.gguf");
  });
});

describe("saveGguf", () => {
  const model = (more: object = {}) => new CausalLM(parseConfig({ ...tiny, ...more }));

  it.each([
    ["linear", { rope_type: "linear", factor: 2 }],
    [
      "llama3",
      {
        rope_type: "llama3",
        factor: 8,
        low_freq_factor: 1,
        high_freq_factor: 4,
        original_max_position_embeddings: 8192,
      },
    ],
    ["yarn", { rope_type: "yarn", factor: 4, original_max_position_embeddings: 16 }],
    [
      "longrope",
      {
        rope_type: "longrope",
        factor: 4,
        original_max_position_embeddings: 16,
        short_factor: [1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7],
        long_factor: [1, 2, 3, 4, 5, 6, 7, 8],
      },
    ],
  ])("keeps %s scaling of positions", async (name, rope_scaling) => {
    const one = model({ rope_scaling });
    const path = join(folder, `${name}.gguf`);
    await saveGguf(path, one, null);
    const again = await loadModel(path);
    expect(logitsOf(again)).toBeAllclose(logitsOf(one), { rtol: 1e-5, atol: 1e-5 });
    for (const each of [one, again]) each.dispose();
  });

  it("stores matrices in 16 and 8 bits as a reader rounds them, and vectors in float32", async () => {
    const one = model();
    for (const type of ["F16", "BF16", "Q8_0"] as const) {
      const path = join(folder, `${type}.gguf`);
      await saveGguf(path, one, null, { type });
      const file = await openGguf(path);
      expect(file.info("blk.0.ffn_up.weight").dtype).toBe(type);
      expect(file.info("blk.0.attn_norm.weight").dtype).toBe("F32");
      const { data } = await file.readFloat32("blk.0.ffn_up.weight");
      const wanted = (await one.readWeight("model.layers.0.mlp.up_proj.weight")).data;
      const step = type === "Q8_0" ? Math.max(...wanted.map(Math.abs)) / 127 : 0;
      const rtol = { F16: 2 ** -11, BF16: 2 ** -8, Q8_0: 2 ** -11 }[type];
      expect(data).toBeAllclose(wanted, { rtol, atol: 0.51 * step + 1e-7 });
      await file.close();
    }
    one.dispose();
  });

  it("writes where a link leads, and refuses a device and a folder without touching them", async () => {
    const one = model();
    await symlink(join(folder, "target.gguf"), join(folder, "link.gguf"));
    await saveGguf(join(folder, "link.gguf"), one, null);
    expect((await lstat(join(folder, "link.gguf"))).isSymbolicLink()).toBe(true);
    (await loadModel(join(folder, "target.gguf"))).dispose();
    const device = join(folder, "null.gguf");
    await symlink("/dev/null", device);
    await mkdir(join(folder, "folder.gguf"));
    for (const path of [device, join(folder, "folder.gguf")])
      await expect(saveGguf(path, one, null)).rejects.toMatchObject({ code: "ERR_IO" });
    expect((await stat(device)).isCharacterDevice()).toBe(true);
    expect(await readdir(join(folder, "folder.gguf"))).toEqual([]);
    one.dispose();
  });

  it("refuses GPT-2, dynamic scaling, unknown types and numbers that overflow, and leaves no file", async () => {
    const path = join(folder, "refused.gguf");
    const dynamic = model({ rope_scaling: { rope_type: "dynamic", factor: 2 } });
    await expect(saveGguf(path, dynamic, null)).rejects.toMatchObject({ code: "ERR_CONFIG" });
    const gpt2 = new CausalLM(
      parseConfig({ model_type: "gpt2", n_embd: 32, n_layer: 1, n_head: 2, vocab_size: 300 }),
    );
    await expect(saveGguf(path, gpt2, null)).rejects.toMatchObject({ code: "ERR_CONFIG" });
    const one = model();
    await expect(saveGguf(path, one, null, { type: "Q4_K" as "F32" })).rejects.toMatchObject({
      message: expect.stringContaining("type must be one of"),
    });
    one.weightViews.get("lm_head.weight")!.set(new Float32Array(300 * 64).fill(1e6));
    await expect(saveGguf(path, one, null, { type: "F16" })).rejects.toMatchObject({
      code: "ERR_RANGE",
      message: expect.stringContaining("output.weight"),
    });
    expect(await readdir(folder)).not.toContain("refused.gguf");
    for (const each of [dynamic, gpt2, one]) each.dispose();
  });
});

describe("assertGguf", () => {
  it("refuses what saveGguf refuses, before anything is written", async () => {
    const experts = { n_routed_experts: 4, num_experts_per_tok: 2, moe_intermediate_size: 32 };
    const mixture = { ...tiny, ...experts, model_type: "deepseek" };
    const sums = new CausalLM(parseConfig({ ...mixture, norm_topk_prob: true }));
    const plain = new CausalLM(parseConfig({ ...mixture, norm_topk_prob: false }));
    await expect(assertGguf(sums, null)).rejects.toMatchObject({
      code: "ERR_CONFIG",
      message: expect.stringContaining("norm_topk_prob must be false"),
    });
    await expect(assertGguf(plain, null)).resolves.toBeUndefined();
    await expect(assertGguf({} as CausalLM, null)).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
    for (const each of [sums, plain]) each.dispose();
  });
});

describe("the tokenizer of saveGguf", () => {
  const texts = [
    "the cat sat on the mat",
    "12 cats; don't count them twice!",
    "  naïve façade\n\n",
  ];

  it("is read back with the same ids, roles and template", async () => {
    const special = ["<|begin|>", "<|end|>"] as const;
    const tokenizer = await trainBpe(texts, { vocabSize: 290, specialTokens: special });
    const config = tokenizerConfig(tokenizer, {
      bosToken: special[0],
      eosToken: special[1],
      chatTemplate: "{{ messages[0].content }}",
    });
    const one = new CausalLM(parseConfig(tiny));
    const path = join(folder, "bpe.gguf");
    await saveGguf(path, one, { tokenizer, config });
    const wanted = await createTokenizer({ tokenizer, config });
    const got = await loadTokenizer(path);
    for (const text of [...texts, "<|begin|>unseen – ¿qué?<|end|>"]) {
      expect(got.encode(text)).toEqual(wanted.encode(text));
      expect(got.decode(wanted.encode(text))).toBe(text);
    }
    expect([got.bosTokenId, got.eosTokenId]).toEqual([wanted.bosTokenId, wanted.eosTokenId]);
    expect(got.applyChatTemplate([{ role: "user", content: "hi" }])).toBe("hi");
    one.dispose();
  });

  it("may be given as it was loaded, which writes the same bytes; what is none is refused", async () => {
    const tokenizer = await trainBpe(texts, { vocabSize: 290 });
    const one = new CausalLM(parseConfig(tiny));
    const [files, loaded] = [join(folder, "files.gguf"), join(folder, "loaded.gguf")];
    await saveGguf(files, one, { tokenizer });
    await saveGguf(loaded, one, await createTokenizer({ tokenizer }));
    expect(await readFile(loaded)).toEqual(await readFile(files));
    for (const none of [{}, "tokenizer.json", { tokenizer: null }, undefined, { encode() {} }])
      await expect(saveGguf(join(folder, "none.gguf"), one, none as never)).rejects.toMatchObject({
        code: "ERR_ARGUMENT",
        message: expect.stringContaining("tokenizer must be what loadTokenizer"),
      });
    expect(await readdir(folder)).not.toContain("none.gguf");
    one.dispose();
  });

  it("is refused by name when llama.cpp does not know how it splits, or has more tokens than the model", async () => {
    const tokenizer = await trainBpe(texts, { vocabSize: 270, pattern: "\\p{L}+|\\s+|." });
    const one = new CausalLM(parseConfig(tiny));
    const path = join(folder, "pattern.gguf");
    await expect(saveGguf(path, one, { tokenizer })).rejects.toMatchObject({
      code: "ERR_CONFIG",
      message: expect.stringContaining("\\p{L}+|\\s+|."),
    });
    const small = new CausalLM(parseConfig({ ...tiny, vocab_size: 100 }));
    const plain = await trainBpe(texts, { vocabSize: 270 });
    await expect(saveGguf(path, small, { tokenizer: plain })).rejects.toMatchObject({
      code: "ERR_CONFIG",
      message: expect.stringContaining("vocabulary is 100"),
    });
    for (const each of [one, small]) each.dispose();
  });
});
