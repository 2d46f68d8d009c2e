import { readFile } from "node:fs/promises";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { describe, expect, it } from "vitest";
import {
  encodeSafetensors,
  openCheckpoint,
  openSafetensors,
  readSafetensors,
} from "../../src/files";

describe.skipIf(sharedIsMissing).each([
  ["golden/models/deepseek-v1", 80],
  ["golden/models/deepseek-v2-noqlora", 83],
  ["golden/models/llama-gqa", 30],
  ["data/models/tiny-random-gpt2", 64],
])("the model file of %s", (folder, count) => {
  it("is read whole, with finite numbers only", async () => {
    const file = await openCheckpoint(shared(folder));
    expect(file.names).toHaveLength(count);
    for (const name of file.names) {
      const { shape, data } = await file.readFloat32(name);
      expect(data).toHaveLength(shape.reduce((product, size) => product * size, 1));
      expect(data.every(Number.isFinite)).toBe(true);
    }
    await file.close();
  });

  it("is written back byte for byte", async () => {
    const path = shared(`${folder}/model.safetensors`);
    const written = encodeSafetensors(await readSafetensors(path));
    const [before, after] = await Promise.all([openSafetensors(path), openSafetensors(written)]);
    expect(after.names).toEqual(before.names);
    expect(after.metadata).toEqual(before.metadata);
    await before.close();
    expect(Buffer.compare(written, await readFile(path))).toBe(0);
  });
});
