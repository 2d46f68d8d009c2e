import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryFolder } from "@deepgrain/vitest/memory-folder";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Folder, loadWeights, manualSeed, nn, saveWeights, setBackend } from "../../src";

let path: string;
beforeEach(async () => {
  setBackend("js");
  path = await mkdtemp(join(tmpdir(), "module-weights-"));
});
afterEach(() => rm(path, { recursive: true }));

const make = (seed: number) => {
  manualSeed(seed);
  return new nn.Linear(3, 2);
};
const weightsOf = async (module: nn.Linear) => [...(await module.weight.data())];
const loaded = async (folder: Folder) => {
  const module = make(9);
  await loadWeights(folder, module);
  return weightsOf(module);
};

describe("saveWeights and loadWeights", () => {
  it.each<[string, () => Folder]>([
    ["a path", () => join(path, "made")],
    ["a directory handle", () => new MemoryFolder("run")],
    ["a Map", () => new Map()],
  ])("keep a module in %s, and replace it", async (_, folderOf) => {
    const folder = folderOf();
    for (const seed of [1, 2]) {
      const module = make(seed);
      const { files } = await saveWeights(folder, module);
      expect(files).toHaveLength(1);
      expect(await loaded(folder)).toEqual(await weightsOf(module));
    }
  });

  it("write the same bytes into a Map as at a path", async () => {
    const folder = new Map<string, Blob>();
    await saveWeights(folder, make(1));
    await saveWeights(join(path, "w.safetensors"), make(1));
    const bytes = new Uint8Array(await folder.get("model.safetensors")!.arrayBuffer());
    expect(bytes).toEqual(new Uint8Array(await readFile(join(path, "w.safetensors"))));
    expect(await readdir(path)).toEqual(["w.safetensors"]);
  });

  it("leave the old or the new weights in a handle, at whichever call the tab is closed", async () => {
    const [before, after] = [await weightsOf(make(1)), await weightsOf(make(2))];
    const whole = new MemoryFolder("run");
    await saveWeights(whole, make(1));
    const start = whole.disk.calls;
    await saveWeights(whole, make(2));
    const calls = whole.disk.calls - start;
    expect(calls).toBeGreaterThan(10);
    const seen = { old: 0, new: 0 };
    for (let at = 1; at <= calls; at++) {
      const folder = new MemoryFolder("run");
      await saveWeights(folder, make(1));
      folder.disk.endsAt = folder.disk.calls + at;
      await expect(saveWeights(folder, make(2)), `call ${at}`).rejects.toThrow();
      folder.disk.endsAt = 0;
      const found = await loaded(folder);
      expect([before, after], `call ${at}`).toContainEqual(found);
      seen[found[0] === after[0] ? "new" : "old"]++;
    }
    expect(Math.min(seen.old, seen.new)).toBeGreaterThan(2);
  });

  it("refuse an address and what is no folder", async () => {
    for (const address of ["https://example.org/m", "https://example.org/m.safetensors"])
      await expect(saveWeights(address, make(1))).rejects.toThrow(
        "an address can only be read; give a path (in Node), a FileSystemDirectoryHandle or a Map",
      );
    for (const folder of [null, 3, {}, ""])
      await expect(saveWeights(folder as never, make(1))).rejects.toMatchObject({
        code: "ERR_ARGUMENT",
      });
  });
});
