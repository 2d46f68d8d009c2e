import type { Folder } from "@deepgrain/tensor-gpu";
import { MemoryFolder } from "@deepgrain/vitest/memory-folder";
import { describe, expect, it } from "vitest";
import { applyAdapter, openAdapter, saveAdapter } from "../src";
import { TinyModel } from "./support/tiny-model";

const configOf = (model: TinyModel) => ({
  experts: new Map([...model.moeLayers.keys()].map((layer) => [layer, [0, 2]])),
  sharedExperts: false,
  nonExpertModules: false,
});

describe.each<[string, () => Folder]>([
  ["a directory handle", () => new MemoryFolder("adapter")],
  ["a Map", () => new Map()],
])("%s", (_, make) => {
  it("holds an adapter, which is applied from there and replaced whole", async () => {
    const folder = make();
    const [trained, base] = [new TinyModel({ seed: 1 }), new TinyModel({ seed: 1 })];
    const own = configOf(trained);
    const { names } = await saveAdapter(folder, trained, own);
    const adapter = await openAdapter(folder);
    expect([...adapter.names].sort()).toEqual([...names].sort());
    expect(adapter.config).toEqual(own);
    await adapter.close();
    const applied = await applyAdapter(base, folder);
    expect(applied.config).toEqual(own);
    const { files } = await saveAdapter(folder, trained, own, { maxShardSizeBytes: 300 });
    expect(files.length).toBeGreaterThan(2);
    await (await openAdapter(folder)).close();
    for (const model of [trained, base]) model.dispose();
  });
});

describe("an address", () => {
  it("is refused by saveAdapter, with what to give instead", async () => {
    const model = new TinyModel();
    const saving = saveAdapter("https://example.org/a", model, configOf(model));
    await expect(saving).rejects.toMatchObject({
      code: "ERR_IO",
      message: expect.stringContaining("a FileSystemDirectoryHandle or a Map"),
    });
    model.dispose();
  });
});
