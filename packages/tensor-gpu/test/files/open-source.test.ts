import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { type ByteSource, encodeSafetensors, openSafetensors } from "../../src/files";
import { openSource } from "../../src/files/open-source";
import { craftFile } from "./craft-file";
import { temporaryFolder } from "./temporary-folder";

const ramp = (length: number) => Float32Array.from({ length }, (_, i) => i);
const example = encodeSafetensors([
  { name: "big", shape: [100, 10], data: ramp(1000) },
  { name: "small", shape: [3], data: ramp(3) },
]);

describe("sources", () => {
  const wanted = { shape: [3], data: ramp(3) };

  it("may be a path, a file address, a Blob or bytes at any alignment", async () => {
    const path = join(await temporaryFolder(), "model.safetensors");
    await writeFile(path, example);
    const shifted = new Uint8Array(example.length + 1);
    shifted.set(example, 1);
    for (const source of [
      path,
      pathToFileURL(path),
      new Blob([example]),
      example,
      shifted.subarray(1),
    ]) {
      const file = await openSafetensors(source);
      expect(await file.read("small")).toEqual(wanted);
      await file.close();
    }
  });

  it("may give bytes at an odd address", async () => {
    const source: ByteSource = {
      size: example.length,
      read: async (begin, end) => {
        const room = new Uint8Array(end - begin + 1);
        room.set(example.subarray(begin, end), 1);
        return room.subarray(1);
      },
    };
    expect(await (await openSafetensors(source)).read("small")).toEqual(wanted);
  });

  it("hand out memory that can be changed without changing the source", async () => {
    const copy = example.slice();
    const file = await openSafetensors(copy);
    (await file.read("small")).data.fill(9);
    expect(copy).toEqual(example);
  });

  it("fail with ERR_IO when missing, when a folder, and when they give too little", async () => {
    const folder = await temporaryFolder();
    await expect(openSafetensors(join(folder, "absent"))).rejects.toMatchObject({
      code: "ERR_IO",
      fields: { isMissing: true },
    });
    await expect(openSafetensors(folder)).rejects.toMatchObject({
      code: "ERR_IO",
      fields: { isMissing: false },
    });
    const short: ByteSource = { size: example.length, read: async () => new Uint8Array(3) };
    await expect(openSafetensors(short)).rejects.toMatchObject({ code: "ERR_IO" });
  });

  it("are closed when the header is refused", async () => {
    let closed = 0;
    const bytes = craftFile("[]");
    const source: ByteSource = {
      size: bytes.length,
      read: async (begin, end) => bytes.slice(begin, end),
      close: async () => void closed++,
    };
    await expect(openSafetensors(source)).rejects.toMatchObject({ code: "ERR_FORMAT" });
    expect(closed).toBe(1);
  });

  it("notice a file that shrank after it was opened", async () => {
    const path = join(await temporaryFolder(), "model.safetensors");
    await writeFile(path, example);
    const file = await openSafetensors(path);
    await writeFile(path, example.subarray(0, 100));
    await expect(file.read("small")).rejects.toMatchObject({ code: "ERR_IO" });
    await file.close();
  });

  it("stop when the signal is aborted", async () => {
    const signal = AbortSignal.abort();
    await expect(openSource(example, { signal })).rejects.toThrow(/abort/i);
    const file = await openSafetensors(example);
    await expect(file.read("small", { signal })).rejects.toThrow(/abort/i);
  });
});
