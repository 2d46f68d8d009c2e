import { readFileSync } from "node:fs";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { describe, expect, it } from "vitest";
import { denseMatrix, parsePlanetoid, planetoid } from "../src/index";
import type { PlanetoidFiles } from "../src/parsers/parse-planetoid";

const meta = {
  name: "toy",
  nodes: 3,
  undirectedEdges: 2,
  features: 4,
  classNames: ["a", "b"],
};

const files = (changes: Partial<PlanetoidFiles> = {}): PlanetoidFiles => ({
  nodes: "id,label,split,features\n0,1,train,0 3\n1,-1,none,\n2,0,test,2\n",
  edges: "source,target\n0,2\n1,2\n",
  meta: JSON.stringify(meta),
  ...changes,
});

describe("parsePlanetoid", () => {
  it("reads nodes, features, split and edges", () => {
    const graph = parsePlanetoid(files());
    expect(graph).toEqual({
      name: "toy",
      nodes: 3,
      classNames: ["a", "b"],
      labels: Int32Array.of(1, -1, 0),
      features: {
        rows: 3,
        cols: 4,
        rowOffsets: Int32Array.of(0, 2, 2, 3),
        colIndices: Int32Array.of(0, 3, 2),
      },
      split: { train: Int32Array.of(0), validation: Int32Array.of(), test: Int32Array.of(2) },
      source: Int32Array.of(0, 1),
      target: Int32Array.of(2, 2),
    });
    expect(denseMatrix(graph.features)).toEqual({
      rows: 3,
      cols: 4,
      data: Float32Array.of(1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0),
    });
  });

  const header = "id,label,split,features\n";
  it.each<[string, Partial<PlanetoidFiles>]>([
    ["meta that is not JSON", { meta: "{" }],
    ["meta without counts", { meta: "{}" }],
    ["meta that is null", { meta: "null" }],
    ["class names that are not text", { meta: JSON.stringify({ ...meta, classNames: [1, 2] }) }],
    ["nodes without features", { nodes: "id,label,split\n0,1,train\n1,-1,none\n2,0,test\n" }],
    ["edges without a target", { edges: "source,to\n0,2\n1,2\n" }],
    ["too few nodes", { nodes: `${header}0,1,train,0\n` }],
    ["ids out of order", { nodes: `${header}1,1,train,0\n0,0,none,\n2,0,none,\n` }],
    ["a label too high", { nodes: `${header}0,2,train,0\n1,0,none,\n2,0,none,\n` }],
    ["a label that is not a number", { nodes: `${header}0,,train,0\n1,0,none,\n2,0,none,\n` }],
    ["a feature too high", { nodes: `${header}0,1,train,4\n1,0,none,\n2,0,none,\n` }],
    ["features out of order", { nodes: `${header}0,1,train,2 1\n1,0,none,\n2,0,none,\n` }],
    ["an unknown split", { nodes: `${header}0,1,dev,2\n1,0,none,\n2,0,none,\n` }],
    ["too few edges", { edges: "source,target\n0,1\n" }],
    ["an edge to nowhere", { edges: "source,target\n0,1\n1,3\n" }],
    ["a loop", { edges: "source,target\n0,1\n1,1\n" }],
    ["an edge twice", { edges: "source,target\n0,1\n0,1\n" }],
    ["edges under other names", { edges: "from,to\n0,1\n0,2\n" }],
    ["nodes without a split", { nodes: "id,label,features\n0,1,\n1,0,\n2,0,\n" }],
  ])("refuses %s", (_, changes) => {
    expect(() => parsePlanetoid(files(changes))).toThrow(
      expect.objectContaining({ code: "ERR_FORMAT" }),
    );
  });
});

describe.skipIf(sharedIsMissing)("planetoid", () => {
  it.each(["cora", "citeseer"])("agrees with all that %s states about itself", async (name) => {
    const folder = shared(`data/${name}`);
    const stated = JSON.parse(readFileSync(`${folder}/meta.json`, "utf8"));
    const graph = await planetoid(folder);
    expect(graph).toMatchObject({ name, nodes: stated.nodes, classNames: stated.classNames });
    expect(graph.features.colIndices).toHaveLength(stated.featureNonZeros);
    expect(graph.split.train).toHaveLength(stated.split.train);
    expect(graph.split.validation).toHaveLength(stated.split.val);
    expect(graph.split.test).toHaveLength(stated.split.test);
    const counts = stated.classNames.map(
      (_: string, label: number) => graph.labels.filter((own) => own === label).length,
    );
    expect(counts).toEqual(stated.labelCounts);
    const degree = new Int32Array(graph.nodes);
    for (const end of [...graph.source, ...graph.target]) degree[end]!++;
    expect(Math.max(...degree)).toBe(stated.maxDegree);
    expect(degree.filter((d) => d === 0)).toHaveLength(stated.isolatedNodes);
  });

  it("says which file is missing", async () => {
    await expect(planetoid(shared("data"))).rejects.toMatchObject({ code: "ERR_MISSING_FILE" });
  });
});
