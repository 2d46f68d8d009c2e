import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Folder, Generator, setBackend } from "@deepgrain/tensor-gpu";
import { MemoryFolder } from "@deepgrain/vitest/memory-folder";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  attachLora,
  CausalLM,
  EncoderModel,
  loadEncoder,
  loadModel,
  loadTokenizer,
  readLora,
  saveEncoder,
  saveLora,
  saveModel,
  saveTokenizer,
  streamModel,
  type TrainEvent,
  train,
  trainBpe,
} from "../../src";
import { tinyEncoder } from "../encoder/tiny-encoder";
import { countingData, tinyLlama } from "../support/tiny-models";

let path: string;
beforeEach(async () => {
  setBackend("js");
  path = await mkdtemp(join(tmpdir(), "lm-folders-"));
});
afterEach(() => rm(path, { recursive: true }));

const make = (seed = 5) => new CausalLM(tinyLlama(), { generator: new Generator(seed) });
const kinds: [string, () => Folder][] = [
  ["a path", () => join(path, "m")],
  ["a directory handle", () => new MemoryFolder("m")],
  ["a Map", () => new Map()],
];

/** The bytes of a file of any folder. */
async function bytesOf(folder: Folder, name: string): Promise<Uint8Array> {
  if (typeof folder === "string") return new Uint8Array(await readFile(join(folder, name)));
  const content =
    folder instanceof Map ? folder.get(name)! : await (await folder.getFileHandle(name)).getFile();
  return new Uint8Array(await content.arrayBuffer());
}

const weightOf = async (model: CausalLM) => {
  const weights = await Promise.all(model.weightNames().map((name) => model.readWeight(name)));
  return weights.map(({ data }) => [...data]);
};

describe.each(kinds)("%s", (_, folderOf) => {
  it("holds a model, with the bytes of a path", async () => {
    const model = make();
    const folder = folderOf();
    await saveModel(folder, model);
    await saveModel(join(path, "plain"), model);
    for (const name of ["config.json", "model.safetensors"])
      expect(await bytesOf(folder, name)).toEqual(await bytesOf(join(path, "plain"), name));
    const loaded = await loadModel(folder);
    expect(await weightOf(loaded)).toEqual(await weightOf(model));
    const stream = await streamModel(folder);
    expect(stream.config.modelType).toBe("llama");
    await stream.close();
    for (const each of [model, loaded]) each.dispose();
  });

  it("holds a model in shards, which replace and are replaced by a single file", async () => {
    const folder = folderOf();
    const [model, other] = [make(), make(6)];
    await saveModel(folder, model, { maxShardSizeBytes: 4000 });
    const loaded = await loadModel(folder);
    expect(await weightOf(loaded)).toEqual(await weightOf(model));
    await saveModel(folder, other);
    const again = await loadModel(folder);
    expect(await weightOf(again)).toEqual(await weightOf(other));
    await expect(bytesOf(folder, "model.safetensors.index.json")).rejects.toThrow();
    for (const each of [model, other, loaded, again]) each.dispose();
  });

  it("holds an encoder, a tokenizer and LoRA factors", async () => {
    const encoder = new EncoderModel(tinyEncoder(), { generator: new Generator(1) });
    const [model, other] = [make(), make()];
    const folder = folderOf();
    await saveEncoder(folder, encoder);
    const loaded = await loadEncoder(folder);
    expect(loaded.config.task).toBe(encoder.config.task);
    const json = await trainBpe(["abc abd abe"], { vocabSize: 260 });
    await saveTokenizer(folder, { tokenizer: json });
    expect((await loadTokenizer(folder)).encode("abc abd")).toHaveLength(4);
    const attached = attachLora(model, { rank: 2, alpha: 4, generator: new Generator(2) });
    const lora = await attached.read();
    await saveLora(folder, lora);
    const read = await readLora(folder);
    expect([...read.factors]).toEqual([...lora.factors]);
    for (const each of [encoder, loaded, model, other]) each.dispose();
  });

  it("holds checkpoints, from which a stopped run goes on to the bits of the undisturbed one", async () => {
    const run = async (model: CausalLM, stopAt: number, folder?: Folder, resume = false) => {
      const stop = new AbortController();
      const checkpoint = folder && { folder, everySteps: 2 };
      const config = { steps: 6, lr: 1e-2, signal: stop.signal, checkpoint, resume };
      const events: TrainEvent[] = [];
      try {
        for await (const event of train(model, countingData(31), config as never)) {
          events.push(event);
          if (event.type === "step-end" && event.step === stopAt) stop.abort(new Error("stop"));
        }
      } catch (error) {
        expect((error as Error).message).toBe("stop");
      }
      return events;
    };
    const [whole, begun, resumed] = [make(), make(), make(7)];
    await run(whole, 0);
    const folder = folderOf();
    await run(begun, 3, folder);
    const events = await run(resumed, 0, folder, true);
    expect(events[0]).toMatchObject({ type: "train-start", step: 3 });
    expect(await weightOf(resumed)).toEqual(await weightOf(whole));
    await expect(
      train(begun, countingData(31), {
        steps: 6,
        lr: 1e-2,
        checkpoint: { folder, everySteps: 2 },
      }).next(),
    ).rejects.toMatchObject({ code: "ERR_STATE" });
    for (const each of [whole, begun, resumed]) each.dispose();
  });
});

describe("a write into a directory handle", () => {
  it("leaves the old or the new model, at whichever call the tab is closed", async () => {
    const [old, next] = [make(), make(6)];
    const whole = new MemoryFolder("m");
    await saveModel(whole, old);
    const start = whole.disk.calls;
    await saveModel(whole, next);
    const calls = whole.disk.calls - start;
    const [first, second] = [await weightOf(old), await weightOf(next)];
    for (let at = 1; at <= calls; at++) {
      const folder = new MemoryFolder("m");
      await saveModel(folder, old);
      folder.disk.endsAt = folder.disk.calls + at;
      await expect(saveModel(folder, next)).rejects.toThrow();
      folder.disk.endsAt = 0;
      const loaded = await loadModel(folder);
      expect([first, second], `call ${at}`).toContainEqual(await weightOf(loaded));
      loaded.dispose();
    }
    for (const each of [old, next]) each.dispose();
  });

  it("of a checkpoint leaves one to go on from, at whichever call the tab is closed", async () => {
    const config = (folder: Folder, steps: number, resume = false) => ({
      steps,
      lr: 1e-2,
      resume,
      checkpoint: { folder, everySteps: 1, keep: 1 },
    });
    const finish = async (run: AsyncGenerator<TrainEvent>) => {
      let start = -1;
      for await (const event of run) if (event.type === "train-start") start = event.step;
      return start;
    };
    const data = countingData(31);
    const counted = new MemoryFolder("run");
    await finish(train(make(), data, config(counted, 1)));
    const start = counted.disk.calls;
    await finish(train(make(), data, config(counted, 2, true)));
    const calls = counted.disk.calls - start;
    for (let at = 1; at <= calls; at += 3) {
      const folder = new MemoryFolder("run");
      await finish(train(make(), data, config(folder, 1)));
      folder.disk.endsAt = folder.disk.calls + at;
      await finish(train(make(), data, config(folder, 2, true))).catch(() => undefined);
      folder.disk.endsAt = 0;
      const step = await finish(train(make(), data, config(folder, 2, true)));
      expect([1, 2], `call ${at}`).toContain(step);
    }
  });
});

describe("an address", () => {
  it("is refused by writers, with what to give instead", async () => {
    const model = make();
    const address = "https://example.org/m";
    const json = await trainBpe(["abc"], { vocabSize: 256 });
    const config = { steps: 1, lr: 1e-2, checkpoint: { folder: address, everySteps: 1 } };
    for (const run of [
      () => saveModel(address, model),
      () => saveTokenizer(address, { tokenizer: json }),
      () => train(model, countingData(31), config).next(),
    ])
      await expect(run()).rejects.toMatchObject({
        code: "ERR_IO",
        message: expect.stringContaining("a FileSystemDirectoryHandle or a Map"),
      });
    model.dispose();
  });

  it("and what is no folder give a typed error in readers", async () => {
    await expect(loadModel([new Blob([])] as never)).rejects.toMatchObject({ code: "ERR_IO" });
    await expect(loadModel({} as never)).rejects.toMatchObject({ code: "ERR_IO" });
    await expect(loadTokenizer(null as never)).rejects.toMatchObject({ code: "ERR_IO" });
  });
});
