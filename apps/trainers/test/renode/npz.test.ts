import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeNpy } from "@deepgrain/renode";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { call } from "../call";

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});
const crc32 = (bytes: Uint8Array) =>
  (bytes.reduce((crc, byte) => crcTable[(crc ^ byte) & 255]! ^ (crc >>> 8), 0xffffffff) ^
    0xffffffff) >>>
  0;

/** A zip archive of stored arrays, as `numpy.savez` writes it. */
function npz(arrays: Record<string, { data: number[]; shape?: number[] }>): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, { data, shape }] of Object.entries(arrays)) {
    const bytes = encodeNpy(Float64Array.from(data), shape);
    const text = Buffer.from(`${name}.npy`);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(text.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt32LE(crc32(bytes), 16);
    entry.writeUInt32LE(bytes.length, 20);
    entry.writeUInt32LE(bytes.length, 24);
    entry.writeUInt16LE(text.length, 28);
    entry.writeUInt32LE(at, 42);
    files.push(local, text, Buffer.from(bytes));
    directory.push(entry, text);
    at += 30 + text.length + bytes.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(arrays).length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...files, listed, end]);
}

/** Two triangles joined by one edge, each edge in both directions. */
const ends = [
  [0, 1, 1, 2, 0, 2, 2, 3, 3, 4, 4, 5, 3, 5],
  [1, 0, 2, 1, 2, 0, 3, 2, 4, 3, 5, 4, 5, 3],
];
const arrays = {
  edge_index: { data: ends.flat(), shape: [2, 14] },
  y: { data: [0, 0, 0, 1, 1, -1] },
  train_mask: { data: [1, 0, 0, 1, 0, 0] },
};

async function score(given: Record<string, { data: number[]; shape?: number[] }>) {
  const cwd = await temporaryFolder();
  await writeFile(join(cwd, "g.npz"), npz(given));
  return { cwd, ...(await call(["renode", "score", "--graph", "g.npz", "--json"], { cwd })) };
}

describe("a graph of NumPy's arrays", () => {
  it("is scored on the nodes of its mask, or on all labelled ones", async () => {
    const masked = await score(arrays);
    expect(masked.code, masked.err).toBe(0);
    expect(JSON.parse(masked.out).nodes.map(({ key }: { key: string }) => key)).toEqual(["0", "3"]);
    const { edge_index, y } = arrays;
    const all = await score({ edge_index, y });
    expect(JSON.parse(all.out).nodes).toHaveLength(5);
  });

  it("is the graph of its edge list, each edge once", async () => {
    const { edge_index, y } = arrays;
    const { cwd, out } = await score({ edge_index, y });
    const edges = ends[0]!.map((from, i) => [from, ends[1]![i]!]).filter(([a, b]) => a! < b!);
    await writeFile(join(cwd, "g.csv"), edges.map((edge) => edge.join(",")).join("\n"));
    const labels = y.data.map((label, node) => `${node},${label < 0 ? "" : label}`);
    await writeFile(join(cwd, "nodes.csv"), `id,label\n${labels.join("\n")}\n`);
    const listed = await call(
      ["renode", "score", "--graph", "g.csv", "--nodes", "nodes.csv", "--json"],
      { cwd },
    );
    expect(listed.code, listed.err).toBe(0);
    const [own, other] = [out, listed.out].map((text) => JSON.parse(text));
    expect(own.total).toBeCloseTo(other.total, 12);
  });

  it("is trained on, with features, masks and the run without ReNode beside", async () => {
    const cwd = await temporaryFolder();
    const x = {
      data: arrays.y.data.flatMap((_, i) => [i < 3 ? 1 : 0, i < 3 ? 0 : 1]),
      shape: [6, 2],
    };
    await writeFile(
      join(cwd, "g.npz"),
      npz({ ...arrays, x, test_mask: { data: [0, 1, 1, 0, 1, 0] } }),
    );
    const args = ["renode", "train", "--graph", "g.npz", "--epochs", "20", "--dropout", "0"];
    const { code, out, err } = await call(args, { cwd });
    expect(code, err).toBe(0);
    expect(out).toMatch(/^test, with ReNode: .*accuracy \d+\.\d\d \(n = 3\)$/m);
    expect(out).toMatch(/^test, without ReNode: .*accuracy \d+\.\d\d \(n = 3\)$/m);
  });

  it.each([
    [{ y: arrays.y }, "there is no array edge_index among y"],
    [{ edge_index: arrays.edge_index }, "there is no array y among edge_index"],
    [
      { ...arrays, edge_index: { data: [0, 1, 2], shape: [3] } },
      "edge_index must have the shape (2, any), got (3)",
    ],
    [
      { ...arrays, edge_index: { data: [0, 6], shape: [2, 1] } },
      "whole numbers from 0 to 5, got 6 at 1",
    ],
    [{ ...arrays, edge_index: { data: [0, 0.5], shape: [2, 1] } }, "got 0.5 at 1"],
    [{ ...arrays, y: { data: [0, 1, -2, 0, 0, 0] } }, "y must hold whole numbers from -1"],
    [{ ...arrays, train_mask: { data: [1] } }, "train_mask must have the shape (6), got (1)"],
    [
      { ...arrays, x: { data: [1, 2], shape: [1, 2] } },
      "x must have the shape (6, any), got (1, 2)",
    ],
  ])("is refused where arrays are missing or do not fit (%#)", async (given, message) => {
    const { code, out, err } = await score(given as never);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("g.npz: ");
    expect(err).toContain(message);
  });

  it("is refused where the file is damaged", async () => {
    const cwd = await temporaryFolder();
    const whole = npz(arrays);
    for (const bytes of [whole.subarray(0, 200), Buffer.from("no archive"), Buffer.alloc(0)]) {
      await writeFile(join(cwd, "g.npz"), bytes);
      const { code, err } = await call(["renode", "score", "--graph", "g.npz"], { cwd });
      expect(code).toBe(1);
      expect(err).toContain("g.npz: ");
    }
  });
});
