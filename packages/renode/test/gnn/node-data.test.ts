import Graph from "graphology";
import { describe, expect, it } from "vitest";
import { renodeWeights } from "../../src";
import { fromCitation, fromGraph, trainingWeights } from "../../src/gnn";
import { citation, hasCitations, toGraphology } from "../support/citation";

function graph(): Graph {
  const made = new Graph();
  made.addNode("a", { label: "x", features: [1, 0], train: true });
  made.addNode("b", { label: "y", features: [0, 2], train: true });
  made.addNode("c", { label: "y", features: [3, 0], train: false });
  made.addNode("d", { features: [0, 0] });
  made.addEdge("a", "b");
  made.addEdge("b", "c");
  return made;
}

describe("fromGraph", () => {
  it("reads features, classes, keys and the split", () => {
    const { features, classes, classNames, keys, split } = fromGraph(graph());
    expect(features).toEqual({ rows: 4, cols: 2, data: Float32Array.of(1, 0, 0, 2, 3, 0, 0, 0) });
    expect([...classes]).toEqual([0, 1, 1, -1]);
    expect(classNames).toEqual(["x", "y"]);
    expect(keys).toEqual(["a", "b", "c", "d"]);
    expect(split).toEqual({
      train: Int32Array.of(0, 1),
      validation: new Int32Array(0),
      test: Int32Array.of(2),
    });
  });

  it("gives each node its own feature where there are none", () => {
    const { features } = fromGraph(graph(), { getNodeFeatures: null });
    expect(features).toMatchObject({ rows: 4, cols: 4, colIndices: Int32Array.of(0, 1, 2, 3) });
  });

  it.each([
    ["no features", "nothing", "ERR_ARGUMENT"],
    ["text as features", () => "abc" as never, "ERR_ARGUMENT"],
    ["features of different length", (key: string) => (key === "b" ? [1] : [1, 2]), "ERR_SHAPE"],
    ["a feature that is NaN", () => [Number.NaN], "ERR_RANGE"],
  ])("refuses %s", (_, getNodeFeatures, code) => {
    const call = () => fromGraph(graph(), { getNodeFeatures });
    expect(call).toThrow(expect.objectContaining({ code }));
  });
});

describe("trainingWeights", () => {
  it("is renodeWeights in the order of the split", () => {
    const data = fromGraph(graph());
    const { a, b } = renodeWeights(graph());
    expect([...trainingWeights(data, Int32Array.of(1, 0))]).toEqual([b, a]);
  });
});

describe.skipIf(!hasCitations)("fromCitation", () => {
  it("has the graph, features and split of the citation set", async () => {
    const cora = await citation("cora");
    const data = fromCitation(cora);
    expect(data.graph.targets).toHaveLength(2 * 5278);
    expect(data.features.cols).toBe(1433);
    const weights = trainingWeights(data, data.split!.train);
    expect(weights).toEqual(renodeWeights.detailed(toGraphology(cora)).weights);
  });

  it("refuses features of another size", async () => {
    const cora = await citation("cora");
    const call = () => fromCitation({ ...cora, features: { ...cora.features, rows: 5 } });
    expect(call).toThrow(expect.objectContaining({ code: "ERR_SHAPE" }));
  });
});
