import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Graph from "graphology";
import Papa from "papaparse";
import { describe, expect, it } from "vitest";
import { encodeNpy, renodeWeights, scoreGraph, scoresToCsv, weightVector } from "../../src";

function graph(): Graph {
  const made = new Graph();
  made.addNode('comma, "quote"', { label: 1 });
  made.addNode("none");
  made.addNode("b", { label: 2 });
  made.addEdge('comma, "quote"', "b");
  return made;
}
const hasNumpy = spawnSync("python3", ["-c", "import numpy"]).status === 0;

describe("scoreGraph", () => {
  it("lists the labelled nodes in graph order", () => {
    const { total, nodes } = scoreGraph(graph());
    const { totoro, ranks, weights } = renodeWeights.detailed(graph());
    expect(nodes.map(({ key }) => key)).toEqual(['comma, "quote"', "b"]);
    expect(nodes[1]).toEqual({ key: "b", totoro: totoro[1], rank: ranks[1], weight: weights[1] });
    expect(JSON.parse(JSON.stringify({ total, nodes }))).toEqual({ total, nodes });
  });
});

describe("scoresToCsv", () => {
  it("is read back by a CSV parser with nothing lost", () => {
    const score = scoreGraph(graph());
    const { data, meta } = Papa.parse<Record<string, string>>(scoresToCsv(score).trim(), {
      header: true,
    });
    expect(meta.fields).toEqual(["id", "totoro", "rank", "weight"]);
    const back = data.map(({ id, totoro, rank, weight }) => ({
      key: id,
      totoro: Number(totoro),
      rank: Number(rank),
      weight: Number(weight),
    }));
    expect(back).toEqual(score.nodes);
  });
});

describe("weightVector", () => {
  it("puts weights where a trainer expects them, 0 elsewhere", () => {
    const order = ["b", "none", 'comma, "quote"'];
    expect([...weightVector(scoreGraph(graph()), order)]).toEqual([0.5, 0, 1.5]);
  });

  it("refuses an order that lacks a scored node", () => {
    const call = () => weightVector(scoreGraph(graph()), ["b"]);
    expect(call).toThrow(expect.objectContaining({ code: "ERR_NODE" }));
  });
});

describe("encodeNpy", () => {
  it("writes magic, version, an aligned header and little-endian numbers", () => {
    const bytes = encodeNpy(Float32Array.of(1.5, -2));
    expect([...bytes.subarray(0, 8)]).toEqual([0x93, 78, 85, 77, 80, 89, 1, 0]);
    const view = new DataView(bytes.buffer);
    const start = 10 + view.getUint16(8, true);
    expect(start % 64).toBe(0);
    expect([view.getFloat32(start, true), view.getFloat32(start + 4, true)]).toEqual([1.5, -2]);
  });

  it.skipIf(!hasNumpy)("is read by NumPy", () => {
    const folder = mkdtempSync(join(tmpdir(), "renode-npy-"));
    try {
      const arrays = [
        encodeNpy(Float32Array.of(1, 2.5, -3)),
        encodeNpy(Float64Array.of(1, 2, 3, 4.25, 5, 6), [2, 3]),
        encodeNpy(Int32Array.of(7), []),
      ];
      arrays.forEach((bytes, i) => {
        writeFileSync(join(folder, `${i}.npy`), bytes);
      });
      const code =
        "import numpy\nfor i in range(3): a = numpy.load(f'{i}.npy'); print(a.dtype, a.shape, a.tolist())";
      const text = execFileSync("python3", ["-c", code], { cwd: folder, encoding: "utf8" });
      expect(text.trim().split("\n")).toEqual([
        "float32 (3,) [1.0, 2.5, -3.0]",
        "float64 (2, 3) [[1.0, 2.0, 3.0], [4.25, 5.0, 6.0]]",
        "int32 () 7",
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("refuses a shape of another size", () => {
    const call = () => encodeNpy(Float32Array.of(1), [2]);
    expect(call).toThrow(expect.objectContaining({ code: "ERR_SHAPE" }));
  });
});
