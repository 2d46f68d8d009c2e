import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setBackend, tidy } from "@deepgrain/tensor-gpu";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { f32Bytes, writeGguf } from "@deepgrain/vitest/write-gguf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadModel, loadTokenizer } from "../../src";
import {
  type GoldenModel,
  goldenFamilies,
  goldenFolder,
  largest,
  tokensOf,
} from "../model/golden-model";
import { goldenGguf } from "../support/golden-gguf";

const LOGITS = 1e-4; // times the largest absolute logit

let folder: string;
beforeAll(async () => {
  setBackend("wasm");
  folder = await mkdtemp(join(tmpdir(), "gguf-"));
});
afterAll(() => rm(folder, { recursive: true }));

const put = async (name: string, bytes: Uint8Array) => {
  const path = join(folder, `${name}.gguf`);
  await writeFile(path, bytes);
  return path;
};

/** Settings that a file cannot hold and its reader assumes. */
const assumed: Record<string, string> = {
  gemma2: "Gemma 2 scales by the head's size",
  "gemma3-text": "Gemma 3 has a global layer every sixth",
};

describe.skipIf(sharedIsMissing)("loadModel of a GGUF file", () => {
  const families = ["llama-gqa", "deepseek-v1", "deepseek-v2-noqlora", ...goldenFamilies]
    .filter((name) => !assumed[name])
    .map((name) => [name, goldenFolder, "whole"] as const);
  const coder = (name: string) => shared(`golden/coder/${name}`);
  const latent = ["whole", "split"].map((layout) => ["mla-yarn-qlora", coder, layout] as const);
  it.each([...families, ...latent])(
    "gives the reference logits of %s",
    async (name, folderOf, layout) => {
      const source = folderOf(name);
      const golden: GoldenModel = JSON.parse(readFileSync(`${source}/golden.json`, "utf8"));
      const path = await put(name, await goldenGguf(source, {}, layout === "split"));
      const model = (await loadModel(path)).eval();
      try {
        const logits = tidy(() => model.forward(tokensOf(golden.input_ids)).dataSync());
        const atol = LOGITS * largest(golden.logits.data);
        expect(logits).toBeAllclose(golden.logits.data, { rtol: 0, atol });
      } finally {
        model.dispose();
      }
    },
  );

  it.each(Object.keys(assumed))("reads the weights of %s", async (name) => {
    const path = await put(name, await goldenGguf(goldenFolder(name)));
    const [model, wanted] = [await loadModel(path), await loadModel(goldenFolder(name))];
    for (const weight of wanted.weightNames()) {
      const { data } = await wanted.readWeight(weight);
      expect((await model.readWeight(weight)).data, weight).toBeAllclose(data, {
        rtol: 0,
        atol: 2e-7,
      });
    }
    for (const each of [model, wanted]) each.dispose();
  });

  it("refuses stacks of experts and split projections of another size, by name", async () => {
    const source = goldenFolder("deepseek-v1");
    for (const count of [4, 16]) {
      const path = await put("stack", await goldenGguf(source, { "deepseek.expert_count": count }));
      await expect(loadModel(path), `${count} experts`).rejects.toMatchObject({
        code: "ERR_SHAPE",
        message: expect.stringContaining("blk.1.ffn_gate_exps.weight must be"),
      });
    }
    const latent = shared("golden/coder/mla-yarn-qlora");
    const changes = { "deepseek2.attention.value_length_mla": 20 };
    const split = await put("split", await goldenGguf(latent, changes, true));
    await expect(loadModel(split)).rejects.toMatchObject({
      code: "ERR_SHAPE",
      message: expect.stringContaining("attn_k_b.weight and blk.0.attn_v_b.weight must give"),
    });
  });

  it("names missing and unexpected tensors, and other architectures", async () => {
    const golden = goldenFolder("llama-gqa");
    const more = await put("more", await goldenGguf(golden, { "llama.block_count": 1 }));
    await expect(loadModel(more)).rejects.toMatchObject({
      code: "ERR_MISSING",
      message: expect.stringContaining("unexpected tensors: blk.1."),
    });
    const fewer = await put("fewer", await goldenGguf(golden, { "llama.block_count": 40 }));
    await expect(loadModel(fewer)).rejects.toMatchObject({
      code: "ERR_MISSING",
      message: expect.stringContaining("missing tensors: blk."),
    });
    const other = await put("other", writeGguf({ "general.architecture": "mamba" }, []));
    await expect(loadModel(other)).rejects.toMatchObject({ code: "ERR_CONFIG" });
    const keys = await put("keys", writeGguf({ "general.architecture": "llama" }, []));
    await expect(loadModel(keys)).rejects.toMatchObject({
      code: "ERR_FORMAT",
      message: expect.stringContaining("llama.embedding_length"),
    });
  });
});

describe.skipIf(sharedIsMissing)("loadModel of a GGUF file", () => {
  it("names a vocabulary of another size than the embedding", async () => {
    const tokens = { "tokenizer.ggml.tokens": ["a", "b"] };
    const path = await put("tokens", await goldenGguf(goldenFolder("llama-gqa"), tokens));
    await expect(loadModel(path)).rejects.toMatchObject({
      code: "ERR_SHAPE",
      message: expect.stringMatching(/tokenizer\.ggml\.tokens must have \d+ tokens.*got 2/),
    });
  });

  it("names the tensor whose last block is cut in the middle", async () => {
    const whole = await goldenGguf(goldenFolder("llama-gqa"));
    const path = await put("cut", whole.slice(0, -3));
    await expect(loadModel(path)).rejects.toMatchObject({
      code: "ERR_FORMAT",
      message: expect.stringMatching(/\.weight/),
    });
  });
});

const bytes = Array.from(
  { length: 256 },
  (_, i) => `<0x${i.toString(16).toUpperCase().padStart(2, "0")}>`,
);
const pieces = ["▁", "a", "b", "▁a", "ab", "▁ab", "c"];
const scored = {
  "general.architecture": "llama",
  "tokenizer.ggml.model": "llama",
  "tokenizer.ggml.tokens": ["<unk>", "<s>", "</s>", ...bytes, ...pieces],
  "tokenizer.ggml.scores": [...Array(259).fill(0), -9.5, -8.5, -7.5, -2.5, -1.5, -0.5, -3.5],
  "tokenizer.ggml.token_type": [2, 3, 3, ...Array(256).fill(6), ...Array(7).fill(1)],
  "tokenizer.ggml.bos_token_id": 1,
  "tokenizer.ggml.eos_token_id": 2,
};

describe("loadTokenizer of a GGUF file", () => {
  it("joins the pieces of the highest score, with bytes for what is unknown", async () => {
    const tokenizer = await loadTokenizer(await put("scored", writeGguf(scored, [])));
    expect(tokenizer.encode("ab c")).toEqual([1, 264, 259, 265]);
    expect(tokenizer.encode("é", { addSpecialTokens: false })).toEqual([259, 3 + 0xc3, 3 + 0xa9]);
    expect(tokenizer.decode([264, 259, 265])).toBe("ab c");
    expect([tokenizer.bosTokenId, tokenizer.eosTokenId]).toEqual([1, 2]);
  });

  it("merges bytes in the order of the file", async () => {
    const values = {
      "tokenizer.ggml.model": "gpt2",
      "tokenizer.ggml.pre": "qwen2",
      "tokenizer.ggml.tokens": ["a", "b", "Ġ", "Ġa", "Ġab", "1", "<|end|>"],
      "tokenizer.ggml.token_type": [1, 1, 1, 1, 1, 1, 3],
      "tokenizer.ggml.merges": ["Ġ a", "Ġa b"],
      "tokenizer.ggml.eos_token_id": 6,
      "tokenizer.chat_template": "{{ messages[0].content }}!",
    };
    const tokenizer = await loadTokenizer(await put("bytes", writeGguf(values, [])));
    expect(tokenizer.encode("ab ab11<|end|>")).toEqual([0, 1, 4, 5, 5, 6]);
    expect(tokenizer.eosTokenId).toBe(6);
    expect(tokenizer.applyChatTemplate([{ role: "user", content: "hi" }])).toBe("hi!");
    const other = await put("pre", writeGguf({ ...values, "tokenizer.ggml.pre": "viking" }, []));
    await expect(loadTokenizer(other)).rejects.toMatchObject({
      code: "ERR_CONFIG",
      message: expect.stringContaining("viking"),
    });
  });

  it("says when there is none, and which key is wrong", async () => {
    const tensors = [{ name: "a", shape: [1], type: 0, bytes: f32Bytes([1]) }];
    const none = await put("none", writeGguf({ "general.name": "x" }, tensors));
    await expect(loadTokenizer(none)).rejects.toMatchObject({ code: "ERR_MISSING" });
    const short = { ...scored, "tokenizer.ggml.scores": [0.5] };
    await expect(loadTokenizer(await put("short", writeGguf(short, [])))).rejects.toMatchObject({
      code: "ERR_FORMAT",
      fields: { key: "tokenizer.ggml.scores" },
    });
    const role = { ...scored, "tokenizer.ggml.eos_token_id": 999 };
    await expect(loadTokenizer(await put("role", writeGguf(role, [])))).rejects.toMatchObject({
      code: "ERR_FORMAT",
    });
  });
});
