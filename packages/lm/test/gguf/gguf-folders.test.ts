import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Folder, Generator, setBackend } from "@deepgrain/tensor-gpu";
import { MemoryFolder } from "@deepgrain/vitest/memory-folder";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CausalLM, loadModel, loadTokenizer, saveGguf, saveModel, trainTokenizer } from "../../src";
import { partsOf } from "../support/gguf-parts";
import { tinyLlama } from "../support/tiny-models";

const NAME = "m.gguf";

let path: string;
beforeEach(async () => {
  setBackend("js");
  path = await mkdtemp(join(tmpdir(), "gguf-folders-"));
});
afterEach(() => rm(path, { recursive: true }));

const make = (seed: number) =>
  new CausalLM({ ...tinyLlama(), vocabSize: 300 }, { generator: new Generator(seed) });
const tokenizerFiles = () =>
  trainTokenizer(["a small text, a small tokenizer"], { vocabSize: 300 });
const weightsOf = async (model: CausalLM) => {
  const weights = await Promise.all(model.weightNames().map((name) => model.readWeight(name)));
  return weights.map(({ data }) => [...data]);
};
const loadedWeights = async (folder: Folder) => {
  const model = await loadModel(folder);
  try {
    return await weightsOf(model);
  } finally {
    model.dispose();
  }
};
/** The bytes that a path gets. */
const fileOf = async (model: CausalLM) => {
  await saveGguf(join(path, NAME), model, await tokenizerFiles());
  return new Blob([new Uint8Array(await readFile(join(path, NAME)))]);
};
const inHandle = async (content: Blob, names = [NAME]) => {
  const folder = new MemoryFolder("models");
  for (const name of names) {
    const stream = await (await folder.getFileHandle(name, { create: true })).createWritable();
    await stream.write(content);
    await stream.close();
  }
  return folder;
};

describe("a GGUF file", () => {
  it.each<[string, (content: Blob) => Promise<Folder>]>([
    ["a directory handle", inHandle],
    ["a Map", async (content) => new Map([[NAME, content]])],
  ])("is loaded from %s, its tokenizer too, as from a path", async (_, folderOf) => {
    const model = make(1);
    const folder = await folderOf(await fileOf(model));
    expect(await loadedWeights(folder)).toEqual(await loadedWeights(join(path, NAME)));
    const [there, here] = [await loadTokenizer(folder), await loadTokenizer(join(path, NAME))];
    expect(there.encode("a small text")).toEqual(here.encode("a small text"));
    model.dispose();
  });

  it("in parts is loaded from a path, a handle or a Map, and the part that is missing is named", async () => {
    const model = make(1);
    await fileOf(model);
    const whole = join(path, NAME);
    const parts = await partsOf(whole);
    const blobs = [...parts].map(([name, bytes]) => [name, new Blob([bytes])] as const);
    const handle = new MemoryFolder("models");
    for (const [name, content] of blobs) {
      await writeFile(join(path, name), parts.get(name)!);
      const file = await handle.getFileHandle(name, { create: true });
      const stream = await file.createWritable();
      await stream.write(content);
      await stream.close();
    }
    const [wanted, read] = [await loadedWeights(whole), await loadTokenizer(whole)];
    const named = [...parts.keys()].map((name) => join(path, name));
    for (const folder of [...named, handle, new Map(blobs)]) {
      expect(await loadedWeights(folder)).toEqual(wanted);
      const tokenizer = await loadTokenizer(folder);
      expect(tokenizer.encode("a small text")).toEqual(read.encode("a small text"));
    }
    const absent = "m-00002-of-00003.gguf";
    await rm(join(path, absent));
    const few = new Map(blobs.filter(([name]) => name !== absent));
    for (const folder of [named[0]!, few, new Map(blobs.slice(0, 1))])
      await expect(loadModel(folder)).rejects.toMatchObject({
        code: "ERR_IO",
        message: expect.stringMatching(/part 2 of 3, .*m-00002-of-00003\.gguf, is missing/),
      });
    const mixed = new Map([...blobs, ["n-00001-of-00003.gguf", blobs[0]![1]] as const]);
    await expect(loadModel(mixed)).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
    model.dispose();
  });

  it("is the model it was or the new one, at whichever call of its handle the tab is closed", async () => {
    const [old, wanted] = [make(1), make(2)];
    const before = await fileOf(old);
    const [oldWeights, newWeights] = [await weightsOf(old), await weightsOf(wanted)];
    const whole = await inHandle(before);
    const start = whole.disk.calls;
    const write = async (folder: MemoryFolder) =>
      saveGguf(await folder.getFileHandle(NAME), wanted, await tokenizerFiles());
    await write(whole);
    const calls = whole.disk.calls - start;
    expect(calls).toBeGreaterThan(3);
    for (let at = 1; at <= calls; at++) {
      const folder = await inHandle(before);
      folder.disk.endsAt = folder.disk.calls + at;
      await expect(write(folder)).rejects.toThrow("the tab was closed");
      folder.disk.endsAt = 0;
      expect([oldWeights, newWeights], `call ${at}`).toContainEqual(await loadedWeights(folder));
    }
    expect(await loadedWeights(whole)).toEqual(newWeights);
    for (const model of [old, wanted]) model.dispose();
  });

  it("beside another one is refused by name, and beside a config.json the folder is Hugging Face's", async () => {
    const model = make(1);
    const content = await fileOf(model);
    await expect(loadModel(await inHandle(content, [NAME, "n.gguf"]))).rejects.toMatchObject({
      code: "ERR_ARGUMENT",
      message: expect.stringContaining("models must hold one GGUF file, got m.gguf, n.gguf"),
    });
    const mixed = await inHandle(content, [NAME, "n.gguf"]);
    const other = make(3);
    await saveModel(mixed, other);
    expect(await loadedWeights(mixed)).toEqual(await weightsOf(other));
    for (const each of [model, other]) each.dispose();
  });
});
