import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Generator, setBackend } from "@deepgrain/tensor-gpu";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  CausalLM,
  copyTokenizer,
  ggufSource,
  isEncoderFolder,
  loadConfig,
  loadEncoder,
  loadModel,
  loadTokenizer,
  saveGguf,
  saveModel,
  streamModel,
  trainTokenizer,
} from "../../src";
import { partsOf } from "../support/gguf-parts";
import { tinyLlama } from "../support/tiny-models";

let path: string;
let file: string;
let alone: string;
beforeAll(async () => {
  setBackend("js");
  path = await mkdtemp(join(tmpdir(), "gguf-as-folder-"));
  [file, alone] = [join(path, "m.gguf"), join(path, "alone")];
  const model = new CausalLM({ ...tinyLlama(), vocabSize: 300 }, { generator: new Generator(1) });
  const tokenizer = await trainTokenizer(["a small text"], { vocabSize: 300 });
  await saveGguf(file, model, tokenizer, { type: "F32" });
  await saveGguf(join(path, "bare.gguf"), model, null);
  await mkdir(alone);
  await cp(file, join(alone, "x.gguf"));
  await writeFile(join(alone, "README.md"), "one file");
  await saveModel(join(path, "both"), model);
  await cp(file, join(path, "both", "x.gguf"));
  model.dispose();
});
afterAll(() => rm(path, { recursive: true }));

describe("a GGUF file, or the folder that holds it alone,", () => {
  it("is read by every function that takes a folder", async () => {
    for (const place of [file, alone]) {
      expect((await loadConfig(place)).hiddenSize).toBe(tinyLlama().hiddenSize);
      expect(await isEncoderFolder(place)).toBe(false);
      expect((await loadTokenizer(place)).encode("a small text").length).toBeGreaterThan(0);
      const model = await loadModel(place);
      const streamed = await streamModel(place);
      const tokens = { ids: [1, 2], batch: 1, length: 2 };
      const rows = await streamed.embed(tokens);
      const { data } = await model.readWeight("model.embed_tokens.weight");
      const width = model.config.hiddenSize;
      expect([...rows.data]).toEqual([...data.slice(width, 3 * width)]);
      (await streamed.openBlock(0)).dispose();
      await streamed.close();
      model.dispose();
    }
  });

  it("gives its tokenizer to a folder, and nothing where it carries none", async () => {
    const [to, none] = [join(path, "copied"), join(path, "none")];
    await copyTokenizer(file, to);
    const [copied, own] = [await loadTokenizer(to), await loadTokenizer(file)];
    expect(copied.encode("a small text")).toEqual(own.encode("a small text"));
    await mkdir(none);
    await copyTokenizer(join(path, "bare.gguf"), none);
    expect(await readdir(none)).toEqual([]);
  });

  it("is no encoder", () =>
    expect(loadEncoder(alone)).rejects.toMatchObject({
      code: "ERR_CONFIG",
      message: expect.stringMatching(
        /must be a Hugging Face folder, as no GGUF file .*alone$/,
      ) as string,
    }));
});

describe("ggufSource", () => {
  it("is the path of the file, and undefined beside safetensors and where there is no folder", async () => {
    expect(await ggufSource(file)).toBe(file);
    expect(await ggufSource(alone)).toBe(join(alone, "x.gguf"));
    expect(await ggufSource(join(path, "both"))).toBeUndefined();
    expect(await ggufSource(join(path, "both"), "tokenizer")).toBe(join(path, "both", "x.gguf"));
    expect(await ggufSource(join(path, "nowhere"))).toBeUndefined();
    expect(await ggufSource("https://example.com/m")).toBeUndefined();
  });

  it("counts parts as one file, and a projection of pictures as none", async () => {
    const folder = join(path, "split");
    await mkdir(folder);
    for (const [name, bytes] of await partsOf(file)) await writeFile(join(folder, name), bytes);
    await writeFile(join(folder, "mmproj-F16.gguf"), "pictures");
    expect(await ggufSource(folder)).toBe(join(folder, "m-00001-of-00003.gguf"));
    (await loadModel(folder)).dispose();
    await cp(file, join(folder, "z.gguf"));
    await expect(ggufSource(folder)).rejects.toMatchObject({
      code: "ERR_ARGUMENT",
      message: expect.stringMatching(
        /split must hold one GGUF file, got m-00001-of-00003\.gguf, z\.gguf; name the one$/,
      ),
    });
  });

  it.each([[undefined], [null], [{}], [7]])("refuses %s with a typed error", (wrong) =>
    expect(ggufSource(wrong as never)).rejects.toMatchObject({ name: "LmError" }),
  );
});
