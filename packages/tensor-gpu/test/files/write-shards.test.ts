import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { type NamedTensors, openCheckpoint, writeSafetensors } from "../../src/files";
import { ramp, target, tensors } from "./write-examples";

describe("shards", () => {
  it("hold the tensors in order, each file up to the limit, with an index", async () => {
    const { folder, path } = await target();
    const written = await writeSafetensors(path, tensors, { maxShardSizeBytes: 24 });
    const names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
    expect(written.files).toEqual(names.map((name) => join(folder, name)));
    expect((await readdir(folder)).sort()).toEqual([...names, "model.safetensors.index.json"]);
    expect(JSON.parse(await readFile(written.index!, "utf8"))).toEqual({
      metadata: { total_size: 44 },
      weight_map: { a: names[0], b: names[1], c: names[1] },
    });
    const file = await openCheckpoint(folder);
    expect(file.names).toEqual(["a", "b", "c"]);
    for (const [name, tensor] of tensors) expect(await file.read(name)).toEqual(tensor);
    await file.close();
  });

  it("replace each other under a relative path too", async () => {
    const { folder, path } = await target();
    const relativePath = relative(process.cwd(), path);
    for (const maxShardSizeBytes of [24, 24, 1])
      await writeSafetensors(relativePath, tensors, { maxShardSizeBytes });
    expect(await readdir(folder)).toHaveLength(4);
  });

  it("give a tensor above the limit a file of its own", async () => {
    const { path } = await target();
    expect((await writeSafetensors(path, tensors, { maxShardSizeBytes: 1 })).files).toHaveLength(3);
  });

  it("are not used when one file is enough", async () => {
    const { folder, path } = await target();
    await writeSafetensors(path, tensors, { maxShardSizeBytes: 44 });
    expect(await readdir(folder)).toEqual(["model.safetensors"]);
  });

  it("take the place of a single file, of other shards, and give way to a single file again", async () => {
    const { folder, path } = await target();
    await writeFile(join(folder, "model-notes.safetensors"), "mine");
    const second: NamedTensors = new Map([
      ["z", { shape: [2], data: ramp(2) }],
      ["a", { shape: [1], data: ramp(1) }],
    ]);
    const read = async () => {
      const file = await openCheckpoint(folder);
      await file.close();
      return [...file.names].sort();
    };
    await writeSafetensors(path, tensors);
    await writeSafetensors(path, second, { maxShardSizeBytes: 8 });
    expect(await read()).toEqual(["a", "z"]);
    await writeSafetensors(path, tensors, { maxShardSizeBytes: 1 });
    expect(await read()).toEqual(["a", "b", "c"]);
    await writeSafetensors(path, second, { maxShardSizeBytes: 8 });
    expect((await readdir(folder)).filter((name) => name.includes("-of-"))).toHaveLength(2);
    await writeSafetensors(path, tensors);
    expect((await readdir(folder)).sort()).toEqual([
      "model-notes.safetensors",
      "model.safetensors",
    ]);
    expect(await read()).toEqual(["a", "b", "c"]);
  });
});
