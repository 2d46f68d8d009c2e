import { stageFile } from "@deepgrain/support/files";
import { describe, expect, it } from "vitest";
import { openCheckpoint, readSafetensors, writeSafetensors } from "../../src/files";
import { commitCheckpoint, shardPath } from "../../src/files/commit-checkpoint";
import { target, tensors } from "./write-examples";

const crash = { commit: () => Promise.reject(new Error("crash")), discard: async () => {} };

/** Writes the example in so many shards, then crashes after the first rename of a rewrite in two shards. */
async function crashedRewrite(maxShardSizeBytes: number) {
  const { folder, path } = await target();
  await writeSafetensors(path, tensors, { maxShardSizeBytes });
  const files = [shardPath(path, 0, 2), shardPath(path, 1, 2)];
  const staged = [await stageFile(files[0]!, [new Uint8Array(8)]), crash];
  const checkpoint = { path, files, index: `${path}.index.json`, staged };
  await expect(commitCheckpoint(checkpoint)).rejects.toThrow("crash");
  return folder;
}

describe("a crash between the renames of shards", () => {
  it.each([
    ["a single file", 44],
    ["shards of other names", 1],
  ])("leaves %s as it was", async (_, maxShardSizeBytes) => {
    const file = await openCheckpoint(await crashedRewrite(maxShardSizeBytes));
    for (const [name, tensor] of tensors) expect(await file.read(name)).toEqual(tensor);
    await file.close();
  });

  it("leaves no checkpoint, rather than a mixture, where shards of the same names stood", async () => {
    const folder = await crashedRewrite(24);
    await expect(openCheckpoint(folder)).rejects.toMatchObject({
      code: "ERR_IO",
      fields: { isMissing: true },
    });
  });
});

describe("a staged file", () => {
  it("is invisible until it is committed, and gone when discarded", async () => {
    const { path } = await target();
    await writeSafetensors(path, tensors);
    const staged = await stageFile(path, [new Uint8Array(8)]);
    expect(await readSafetensors(path)).toEqual(tensors);
    await staged.discard();
    await expect(staged.commit()).rejects.toMatchObject({ code: "ERR_IO" });
    expect(await readSafetensors(path)).toEqual(tensors);
  });
});
