import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { encodeSafetensors, openCheckpoint, type Source } from "../../src/files";
import { temporaryFolder } from "./temporary-folder";

const shard = (...names: string[]) =>
  encodeSafetensors(names.map((name, i) => ({ name, shape: [1], data: Float32Array.of(i + 0.5) })));
const index = (weightMap: object) =>
  new TextEncoder().encode(JSON.stringify({ metadata: { total_size: 12 }, weight_map: weightMap }));

const first = "model-00001-of-00002.safetensors";
const second = "model-00002-of-00002.safetensors";
const good: Record<string, Uint8Array<ArrayBuffer>> = {
  "model.safetensors.index.json": index({ a: first, b: second, c: second }),
  [first]: shard("a"),
  [second]: shard("b", "c"),
};

async function save(files: Record<string, Uint8Array>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  return folder;
}

describe("a sharded checkpoint", () => {
  it("opens from a folder, its address, its index, and sources by name, as one", async () => {
    const folder = await save(good);
    const blobs = Object.fromEntries(
      Object.entries(good).map(([name, bytes]) => [name, new Blob([bytes])]),
    );
    const indexPath = join(folder, "model.safetensors.index.json");
    for (const source of [
      folder,
      `${folder}/`,
      pathToFileURL(folder),
      indexPath,
      pathToFileURL(indexPath),
      good,
      blobs,
    ]) {
      const file = await openCheckpoint(source);
      expect(file.names).toEqual(["a", "b", "c"]);
      expect(file.metadata).toEqual({ format: "pt" });
      expect((await file.read("c")).data).toEqual(Float32Array.of(1.5));
      await file.close();
    }
  });

  it("opens from a server, relative to its folder", async () => {
    const asked: string[] = [];
    const fetch = (async (address: string | URL) => {
      const name = String(address).replace("https://example.org/models/tiny/", "");
      asked.push(name);
      const bytes = good[name];
      return bytes ? new Response(bytes) : new Response(null, { status: 404 });
    }) as typeof globalThis.fetch;
    const file = await openCheckpoint("https://example.org/models/tiny", { fetch });
    expect(file.names).toEqual(["a", "b", "c"]);
    expect(asked).toEqual(["model.safetensors", "model.safetensors.index.json", first, second]);
  });

  it("opens from a list of sources without an index", async () => {
    const file = await openCheckpoint([shard("a"), new Blob([shard("b")])]);
    expect(file.names).toEqual(["a", "b"]);
    await expect(openCheckpoint([shard("a"), shard("a")])).rejects.toMatchObject({
      code: "ERR_FORMAT",
    });
  });

  it("gives way to a single file in the same folder", async () => {
    const file = await openCheckpoint({ ...good, "model.safetensors": shard("only") });
    expect(file.names).toEqual(["only"]);
  });

  it("closes every shard", async () => {
    let open = 0;
    const counted = (bytes: Uint8Array): Source => {
      open++;
      return {
        size: bytes.length,
        read: async (begin, end) => bytes.slice(begin, end),
        close: async () => void open--,
      };
    };
    const all = (files: Record<string, Uint8Array>) =>
      Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, counted(bytes)]));
    await (await openCheckpoint(all(good))).close();
    expect(open).toBe(0);
    for (const broken of [
      { [second]: shard("b") },
      { [second]: shard("b", "c", "d") },
      { [first]: new Uint8Array(3) },
    ]) {
      await expect(openCheckpoint(all({ ...good, ...broken }))).rejects.toMatchObject({
        code: "ERR_FORMAT",
      });
      expect(open).toBe(0);
    }
  });
});

describe("a checkpoint that does not hang together", () => {
  const cases: [string, Record<string, Uint8Array>, string, RegExp][] = [
    [
      "lacks both files",
      {},
      "ERR_IO",
      /model\.safetensors or model\.safetensors\.index\.json must be in/,
    ],
    [
      "lacks a shard",
      {
        "model.safetensors.index.json": good["model.safetensors.index.json"]!,
        [first]: good[first]!,
      },
      "ERR_IO",
      /00002/,
    ],
    [
      "lacks a tensor that the index lists",
      { ...good, [second]: shard("b") },
      "ERR_FORMAT",
      /must hold c/,
    ],
    [
      "holds a tensor that the index does not list",
      { ...good, [second]: shard("b", "c", "d") },
      "ERR_FORMAT",
      /must not hold d: the index lists it nowhere/,
    ],
    [
      "holds a tensor in another shard than listed",
      { ...good, [first]: shard("a", "c"), [second]: shard("b") },
      "ERR_FORMAT",
      /must not hold c: the index puts it in/,
    ],
    [
      "has an index that is not JSON",
      { ...good, "model.safetensors.index.json": new Uint8Array([0x7b]) },
      "ERR_FORMAT",
      /valid JSON/,
    ],
    [
      "has an index without a weight map",
      { ...good, "model.safetensors.index.json": new TextEncoder().encode("null") },
      "ERR_FORMAT",
      /weight_map/,
    ],
    [
      "has an empty weight map",
      { ...good, "model.safetensors.index.json": index({}) },
      "ERR_FORMAT",
      /weight_map/,
    ],
    [
      "points outside its folder",
      { ...good, "model.safetensors.index.json": index({ a: "../a.safetensors" }) },
      "ERR_FORMAT",
      /file beside it/,
    ],
    [
      "points to no file name",
      { ...good, "model.safetensors.index.json": index({ a: 1 }) },
      "ERR_FORMAT",
      /file beside it/,
    ],
    [
      "holds a malformed shard",
      { ...good, [second]: new Uint8Array(3) },
      "ERR_FORMAT",
      /at least 8 bytes/,
    ],
  ];
  it.each(cases)("because it %s", async (_, files, code, message) => {
    const wanted = { code, message: expect.stringMatching(message) };
    await expect(openCheckpoint(files)).rejects.toMatchObject(wanted);
    await expect(openCheckpoint(await save(files))).rejects.toMatchObject(wanted);
  });

  it("opens without what the index does not list when that is asked for", async () => {
    const files = { ...good, [first]: shard("a", "c", "d") };
    const file = await openCheckpoint(files, { strict: false });
    expect(file.names).toEqual(["a", "b", "c"]);
    expect((await file.read("c")).data).toEqual(Float32Array.of(1.5));
  });

  it("says that a named file is missing", async () => {
    const folder = await temporaryFolder();
    for (const name of ["x.safetensors", "x.index.json"])
      await expect(openCheckpoint(join(folder, name))).rejects.toMatchObject({
        code: "ERR_IO",
        fields: { isMissing: true },
      });
  });
});
