import Graph from "graphology";
import { describe, expect, it } from "vitest";
import { totoro } from "../../src";
import type { ProgressEvent } from "../../src/steps";

/** Two labelled nodes joined by an edge: P = [[0.575, 0.425], [0.425, 0.575]]. */
function pair(): Graph {
  const graph = new Graph();
  graph.addNode("a", { label: "x" });
  graph.addNode("b", { label: "y" });
  graph.addUndirectedEdge("a", "b");
  return graph;
}

describe("totoro", () => {
  it("scores a pair by 2·P_aa·P_ab, worked by hand", () => {
    const { totoro: scores, total } = totoro.detailed(pair());
    const expected = 2 * 0.575 * 0.425;
    expect(scores).toBeAllclose([expected, expected], { rtol: 1e-11 });
    expect([total]).toBeAllclose([2 * expected], { rtol: 1e-11 });
  });

  it("gives labelled nodes a score and no others", () => {
    const graph = pair();
    graph.addNode("c");
    graph.addNode("d", { label: null });
    expect(Object.keys(totoro(graph))).toEqual(["a", "b"]);
  });

  it("looks only at training labels where nodes are marked", () => {
    const graph = pair();
    graph.addNode("hidden", { label: "y", train: false });
    graph.addUndirectedEdge("a", "hidden");
    graph.setNodeAttribute("a", "train", true);
    graph.setNodeAttribute("b", "train", true);
    const before = totoro(graph);
    graph.setNodeAttribute("hidden", "label", "x");
    expect(totoro(graph)).toEqual(before);
    expect(Object.keys(before)).toEqual(["a", "b"]);
  });

  it("scores nodes 0 that nothing of another class reaches", () => {
    const graph = pair();
    graph.addNode("alone", { label: "x" });
    expect(totoro(graph).alone).toBe(0);
  });

  it("scores everything 0 where there is one class, and warns", () => {
    const graph = pair();
    graph.setNodeAttribute("b", "label", "x");
    const { totoro: scores, total, warnings } = totoro.detailed(graph);
    expect([...scores, total]).toEqual([0, 0, 0]);
    expect(warnings.map(({ code }) => code)).toEqual(["single-class"]);
  });

  it("warns where most edges between labelled nodes join two classes", () => {
    const { homophily, warnings } = totoro.detailed(pair());
    expect(homophily).toBe(0);
    expect(warnings.map(({ code }) => code)).toEqual(["heterophily"]);
  });

  it("warns where most scores are 0", () => {
    const graph = new Graph();
    for (const node of ["a", "b", "c"]) graph.addNode(node, { label: node });
    const { homophily, warnings } = totoro.detailed(graph);
    expect(homophily).toBeNull();
    expect(warnings.map(({ code }) => code)).toEqual(["mostly-zero"]);
  });

  it("counts as covered what labelled nodes reach", () => {
    const graph = pair();
    graph.addNode("c");
    graph.addNode("far");
    graph.addUndirectedEdge("b", "c");
    expect(totoro.detailed(graph).cover).toBe(0.75);
    expect(totoro.detailed(graph, { coverThreshold: 10 }).cover).toBe(0);
    expect(totoro.detailed(graph, { method: "push" }).cover).toBe(0.75);
  });

  it("writes scores to labelled nodes and leaves others as they are", () => {
    const graph = pair();
    graph.addNode("c", { kept: 1 });
    totoro.assign(graph);
    totoro.assign(graph, { nodeTotoroAttribute: "conflict" });
    expect(graph.getNodeAttribute("a", "totoro")).toBe(totoro(graph).a);
    expect(graph.getNodeAttribute("a", "conflict")).toBe(totoro(graph).a);
    expect(graph.getNodeAttributes("c")).toEqual({ kept: 1 });
  });

  it("takes labels from a map, an object, a list or a function", () => {
    const expected = totoro(pair());
    const bare = pair();
    bare.forEachNode((node) => {
      bare.removeNodeAttribute(node, "label");
    });
    const sources = [
      new Map([
        ["a", 1],
        ["b", 2],
      ]),
      { a: "one", b: "two" },
      [1, 2],
      Int8Array.of(1, 2),
      (node: string) => node,
    ];
    for (const getNodeLabel of sources) expect(totoro(bare, { getNodeLabel })).toEqual(expected);
  });

  it("reads a negative number of a typed array as no label", () => {
    expect(Object.keys(totoro(pair(), { getNodeLabel: Int8Array.of(0, -1) }))).toEqual(["a"]);
  });

  it("takes the training mark from an attribute, a set, a mask or nobody", () => {
    const graph = pair();
    graph.addNode("c", { label: "x" });
    graph.addUndirectedEdge("b", "c");
    const train = ["a", "b"];
    for (const getNodeTrain of [new Set(train), [true, true, false], Uint8Array.of(1, 1, 0)])
      expect(Object.keys(totoro(graph, { getNodeTrain }))).toEqual(train);
    graph.setNodeAttribute("a", "train", true);
    expect(Object.keys(totoro(graph))).toEqual(["a"]);
    expect(Object.keys(totoro(graph, { getNodeTrain: null }))).toEqual(["a", "b", "c"]);
  });

  it("reports its progress and ends with the result, at once or as events", async () => {
    const seen: ProgressEvent[] = [];
    const result = totoro.detailed(pair(), { onProgress: (event) => seen.push(event) });
    expect(seen.length).toBeGreaterThan(0);
    for (const { done, total } of seen) expect(done).toBeLessThanOrEqual(total);
    const events = [];
    for await (const event of totoro.events(pair())) events.push(event);
    expect(events).toEqual([...seen, { type: "end", result }]);
  });

  it("stops with the signal's reason", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const stop = () => controller.abort(reason);
    const { signal } = controller;
    expect(() => totoro(pair(), { signal, onProgress: stop })).toThrow(reason);
    await expect(totoro.events(pair(), { signal }).next()).rejects.toThrow(reason);
  });

  it.each([
    ["no labelled node", { getNodeLabel: "nothing" }, "ERR_LABEL"],
    ["a label that is neither text nor number", { getNodeLabel: () => ({}) as never }, "ERR_LABEL"],
    ["NaN as a label", { getNodeLabel: [Number.NaN, 1] }, "ERR_LABEL"],
    [
      "a training node without label",
      { getNodeLabel: [1, null], getNodeTrain: [true, true] },
      "ERR_LABEL",
    ],
    ["a training mark that is not a flag", { getNodeTrain: ["yes", "no"] as never }, "ERR_LABEL"],
    ["a training node that is not there", { getNodeTrain: new Set(["z"]) }, "ERR_NODE"],
    ["a list of another length", { getNodeLabel: [1, 2, 3] }, "ERR_SHAPE"],
    ["a source of no kind", { getNodeLabel: 7 as never }, "ERR_ARGUMENT"],
    ["restart 0", { restart: 0 }, "ERR_RANGE"],
    ["restart above 1", { restart: 1.1 }, "ERR_RANGE"],
    ["restart NaN", { restart: Number.NaN }, "ERR_RANGE"],
    ["tolerance 0", { tolerance: 0 }, "ERR_RANGE"],
    ["epsilon 0", { epsilon: 0 }, "ERR_RANGE"],
    ["topK 0", { topK: 0 }, "ERR_RANGE"],
    ["no iterations", { maxIterations: 0 }, "ERR_RANGE"],
    ["a cover below 0", { coverThreshold: -1 }, "ERR_RANGE"],
    ["an unknown method", { method: "guess" as never }, "ERR_ARGUMENT"],
    ["an unknown normalisation", { normalization: "column" as never }, "ERR_ARGUMENT"],
    ["an unknown row normalisation", { rowNormalize: "l2" as never }, "ERR_ARGUMENT"],
    ["too few iterations", { maxIterations: 1 }, "ERR_NOT_CONVERGED"],
  ])("refuses %s", (_, options, code) => {
    expect(() => totoro(pair(), options)).toThrow(expect.objectContaining({ code }));
  });

  it("refuses an empty graph, which has no labelled node", () => {
    expect(() => totoro(new Graph())).toThrow(expect.objectContaining({ code: "ERR_LABEL" }));
  });
});
