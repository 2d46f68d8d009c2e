import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Generator, setBackend } from "@deepgrain/tensor-gpu";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  CausalLM,
  createTokenizer,
  EncoderModel,
  embedTexts,
  isEmbeddingFolder,
  loadEncoder,
  loadModel,
  loadTokenizer,
  longestText,
  type Tokenizer,
  trainBpe,
} from "../../src";
import { tinyLlama } from "../support/tiny-models";
import { tinyEncoder } from "./tiny-encoder";

const folder = fileURLToPath(new URL("../fixtures/encoders/minilm", import.meta.url));
const golden: {
  texts: string[];
  ids: number[][];
  mean_normalized: number[][];
  cls: number[][];
  last: number[][];
} = JSON.parse(readFileSync(`${folder}/golden.json`, "utf8"));
const VECTOR = 1e-5;

const paths = [
  ...["config.json", "model.safetensors", "modules.json", "1_Pooling/config.json"],
  "sentence_bert_config.json",
];
/** The folder as a Map, with some files replaced; null leaves one out. */
async function files(changes: Record<string, unknown> = {}): Promise<Map<string, Blob>> {
  const found = new Map<string, Blob>();
  for (const path of paths) {
    const change = changes[path];
    if (change === null) continue;
    const bytes = change === undefined ? await readFile(`${folder}/${path}`) : undefined;
    found.set(path, new Blob([bytes ? Uint8Array.from(bytes) : JSON.stringify(change)]));
  }
  return found;
}

const norm = (vector: Float32Array) => Math.hypot(...vector);

describe.each(["js", "wasm"])("embedTexts of a sentence encoder on the %s backend", (backend) => {
  let model: EncoderModel;
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    setBackend(backend);
    model = await loadEncoder(folder);
    tokenizer = await loadTokenizer(folder);
  });
  beforeEach(() => void setBackend(backend));

  it("reads pooling, normalisation and length from the files", () => {
    expect(model.embedding).toEqual({ pooling: "mean", normalize: true, maxLength: 12 });
    expect(model.config.task).toBe("features");
  });

  it("gives the reference vectors", async () => {
    const close = { rtol: 0, atol: VECTOR };
    const vectors = await embedTexts(model, tokenizer, golden.texts);
    for (const [i, vector] of vectors.entries()) {
      expect(vector).toBeAllclose(golden.mean_normalized[i]!, close);
      expect(norm(vector)).toBeCloseTo(1, 6);
    }
    for (const pooling of ["cls", "last"] as const) {
      const options = { pooling, normalize: false };
      const plain = await embedTexts(model, tokenizer, golden.texts, options);
      for (const [i, vector] of plain.entries())
        expect(vector).toBeAllclose(golden[pooling][i]!, { rtol: 1e-5, atol: VECTOR });
    }
  });

  it("gives a text the same vector alone as among longer ones", async () => {
    const together = await embedTexts(model, tokenizer, golden.texts);
    for (const [i, text] of golden.texts.entries()) {
      const [alone] = await embedTexts(model, tokenizer, [text]);
      expect(alone).toBeAllclose(together[i]!, { rtol: 0, atol: 1e-6 });
    }
  });

  it("takes a text as its ids without special ones", async () => {
    const ids = golden.ids.map((own) => own.slice(1, -1));
    const [byIds, byText] = [
      await embedTexts(model, tokenizer, ids),
      await embedTexts(model, tokenizer, golden.texts),
    ];
    expect(byIds).toEqual(byText);
  });

  it("has no dropout, and leaves a model in training as it was", async () => {
    const quiet = await embedTexts(model.eval(), tokenizer, golden.texts);
    expect(await embedTexts(model.train(), tokenizer, golden.texts)).toEqual(quiet);
    expect(model.training).toBe(true);
  });
});

describe("embedTexts of a decoder", () => {
  let tokenizer: Tokenizer;
  let model: CausalLM;
  beforeAll(async () => {
    setBackend("js");
    const json = await trainBpe(golden.texts, { vocabSize: 280, specialTokens: ["<s>"] });
    tokenizer = await createTokenizer({ tokenizer: json });
    model = new CausalLM(tinyLlama({ vocab_size: 300 }), { generator: new Generator(1) });
  });
  beforeEach(() => void setBackend("js"));

  it("takes the last token's state after the last norm, whatever stands beside it", async () => {
    const vectors = await embedTexts(model, tokenizer, golden.texts, { normalize: false });
    for (const [i, text] of golden.texts.entries()) {
      const ids = tokenizer.encode(text);
      const states = model.eval().hiddenStates({ ids, batch: 1, length: ids.length });
      const last = states.dataSync().slice(-model.config.hiddenSize);
      expect(vectors[i]).toBeAllclose(last, { rtol: 1e-4, atol: 1e-5 });
    }
  });

  it("gives the mean of a text's tokens where it is asked to", async () => {
    const [vector] = await embedTexts(model, tokenizer, ["the cat"], { pooling: "mean" });
    expect(norm(vector!)).toBeCloseTo(1, 6);
  });

  it("refuses a text without tokens, and a tokenizer with more tokens than the model", async () => {
    await expect(embedTexts(model, tokenizer, ["a", ""])).rejects.toThrow(
      /texts\[1\] must have a token, got none/,
    );
    const small = new CausalLM(tinyLlama({ vocab_size: 9 }));
    await expect(embedTexts(small, tokenizer, ["a"])).rejects.toMatchObject({
      code: "ERR_MISMATCH",
    });
  });
});

describe("bad input", () => {
  beforeEach(() => void setBackend("js"));
  const encoder = () => new EncoderModel(tinyEncoder({ vocab_size: 40 }));

  it.each<[string, object, string]>([
    ["pooling", { pooling: "max" }, "ERR_ARGUMENT"],
    ["maxLength", { maxLength: 2 }, "ERR_RANGE"],
    ["maxLength", { maxLength: 1e6 }, "ERR_RANGE"],
    ["an option", { batch: 3 }, "ERR_ARGUMENT"],
  ])("refuses a wrong %s", async (_, options, code) => {
    const tokenizer = await loadTokenizer(folder);
    await expect(embedTexts(encoder(), tokenizer, ["a"], options)).rejects.toMatchObject({ code });
  });

  it("refuses no texts, what is no model, and ends when it is aborted", async () => {
    const tokenizer = await loadTokenizer(folder);
    await expect(embedTexts(encoder(), tokenizer, [])).rejects.toMatchObject({ code: "ERR_RANGE" });
    await expect(embedTexts({} as never, tokenizer, ["a"])).rejects.toMatchObject({
      code: "ERR_ARGUMENT",
    });
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(embedTexts(encoder(), tokenizer, ["a"], { signal })).rejects.toThrow("enough");
  });

  const modules = JSON.parse(readFileSync(`${folder}/modules.json`, "utf8")) as object[];
  const pooling = JSON.parse(readFileSync(`${folder}/1_Pooling/config.json`, "utf8")) as object;
  const dense = { idx: 2, name: "2", path: "2_Dense", type: "sentence_transformers.models.Dense" };

  it.each<[string, Record<string, unknown>, string, RegExp]>([
    [
      "a further module",
      { "modules.json": [...modules, dense] },
      "ERR_CONFIG",
      /must have no module beside Transformer, Pooling and Normalize, got Dense \(2_Dense\)/,
    ],
    [
      "no pooling file",
      { "1_Pooling/config.json": null },
      "ERR_MISSING",
      /there is no 1_Pooling\/config.json in .*, which modules.json names/,
    ],
    ["no pooling module", { "modules.json": [modules[0]] }, "ERR_CONFIG", /module Pooling/],
    [
      "another pooling",
      {
        "1_Pooling/config.json": {
          ...pooling,
          pooling_mode_mean_tokens: false,
          pooling_mode_max_tokens: true,
        },
      },
      "ERR_CONFIG",
      /must ask for one of .*, got pooling_mode_max_tokens/,
    ],
    [
      "two poolings",
      { "1_Pooling/config.json": { ...pooling, pooling_mode_cls_token: true } },
      "ERR_CONFIG",
      /got pooling_mode_cls_token, pooling_mode_mean_tokens/,
    ],
    ["modules that are no list", { "modules.json": { a: 1 } }, "ERR_FORMAT", /must be a list/],
    [
      "a path out of the folder",
      { "modules.json": [{ type: "x.Pooling", path: "../1_Pooling" }] },
      "ERR_FORMAT",
      /must be a list of at most 32 modules/,
    ],
  ])("refuses files with %s", async (_, changes, code, message) => {
    await expect(loadEncoder(await files(changes))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it("reads no settings without modules.json, and the mean then is the default", async () => {
    const model = await loadEncoder(await files({ "modules.json": null }));
    expect(model.embedding).toBeNull();
    const tokenizer = await loadTokenizer(folder);
    const text = golden.texts[0]!;
    const [vector] = await embedTexts(model, tokenizer, [text]);
    expect(vector).toBeAllclose(golden.mean_normalized[0]!, { rtol: 0, atol: VECTOR });
    model.dispose();
  });

  it("reads the settings beside a decoder", async () => {
    const decoder = fileURLToPath(new URL("../fixtures/families/granite", import.meta.url));
    const found = new Map<string, Blob>();
    for (const name of ["config.json", "model.safetensors"])
      found.set(name, new Blob([Uint8Array.from(await readFile(`${decoder}/${name}`))]));
    found.set("modules.json", new Blob([JSON.stringify(modules)]));
    const last = { pooling_mode_lasttoken: true, pooling_mode_mean_tokens: false };
    found.set("1_Pooling/config.json", new Blob([JSON.stringify({ ...pooling, ...last })]));
    const model = await loadModel(found);
    expect(model.embedding).toEqual({ pooling: "last", normalize: true, maxLength: null });
    expect(longestText(model)).toBe(model.config.maxPositionEmbeddings);
    model.dispose();
    expect(await isEmbeddingFolder(found)).toBe(true);
    expect(await isEmbeddingFolder(decoder)).toBe(false);
    expect(await isEmbeddingFolder(`${decoder}/model.gguf`)).toBe(false);
    found.delete("1_Pooling/config.json");
    await expect(isEmbeddingFolder(found)).rejects.toThrow("there is no 1_Pooling/config.json");
    await expect(isEmbeddingFolder(`${decoder}/none`)).rejects.toThrow(
      "lm/isEmbeddingFolder: there is no config.json",
    );
  });
});
