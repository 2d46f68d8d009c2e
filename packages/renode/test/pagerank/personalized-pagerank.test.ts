import Graph, { UndirectedGraph } from "graphology";
import karateClub from "graphology-generators/social/karate-club.js";
import pagerank from "graphology-metrics/centrality/pagerank.js";
import { describe, expect, it } from "vitest";
import { personalizedPagerank } from "../../src";

const walk = { normalization: "row", selfLoops: false } as const;

describe("personalizedPagerank", () => {
  it("is graphology's pagerank when walks start everywhere", () => {
    const graph = karateClub(UndirectedGraph);
    const expected = pagerank(graph, {
      alpha: 0.85,
      tolerance: 1e-12,
      maxIterations: 1000,
      getEdgeWeight: null,
    });
    const found = personalizedPagerank(graph, {
      ...walk,
      sources: graph.nodes(),
      getEdgeWeight: null,
    });
    for (const [node, score] of Object.entries(expected)) expect(found[node]).toBeCloseTo(score, 9);
  });

  it("sums to 1 with the row normalisation, also around an isolated node", () => {
    const graph = karateClub(Graph);
    graph.addNode("alone");
    const found = personalizedPagerank(graph, { ...walk, sources: ["0", "alone"] });
    expect(Object.values(found).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 10);
    expect(found.alone).toBeCloseTo(0.5, 10);
  });

  it("is the weighted mean of its sources' scores", () => {
    const graph = karateClub(Graph);
    const from = (source: string) => personalizedPagerank(graph, { source });
    const [zero, five] = [from("0"), from("5")];
    const expected = graph.nodes().map((node) => 0.25 * zero[node]! + 0.75 * five[node]!);
    for (const sources of [{ 0: 1, 5: 3 }, new Map(Object.entries({ 0: 2, 5: 6 }))]) {
      const found = personalizedPagerank(graph, { sources });
      expect(graph.nodes().map((node) => found[node]!)).toBeAllclose(expected, { atol: 1e-10 });
      const pushed = personalizedPagerank(graph, {
        sources,
        method: "push",
        selfLoops: true,
        epsilon: 1e-10,
      });
      expect(graph.nodes().map((node) => pushed[node]!)).toBeAllclose(expected, { atol: 1e-6 });
    }
  });

  it("goes on where an accelerated step happens to be short", () => {
    // Two nodes with loops: the walk's other eigenvalue is ρ·(1 − w)/(1 + w), and the iteration swings around its end.
    const [restart, w, tolerance] = [0.05, 0.27740220241113117, 1e-12];
    const graph = new UndirectedGraph();
    graph.addUndirectedEdge(graph.addNode("a"), graph.addNode("b"), { weight: w });
    const found = personalizedPagerank(graph, { source: "a", restart, tolerance });
    const other = restart / (1 - ((1 - restart) * (1 - w)) / (1 + w));
    expect(Math.abs(found.a! - (1 + other) / 2)).toBeLessThan(tolerance / restart);
    expect(Math.abs(found.b! - (1 - other) / 2)).toBeLessThan(tolerance / restart);
  });

  it("stays at the start with restart 1", () => {
    const found = personalizedPagerank(karateClub(Graph), { source: 0, restart: 1 });
    expect(found["0"]).toBe(1);
    expect(Object.values(found).filter((score) => score !== 0)).toHaveLength(1);
  });

  it("writes scores to all nodes", () => {
    const graph = karateClub(Graph);
    personalizedPagerank.assign(graph, { source: "0" });
    personalizedPagerank.assign(graph, { source: "0", nodePagerankAttribute: "near" });
    const scores = personalizedPagerank(graph, { source: "0" });
    expect(graph.getNodeAttribute("33", "pagerank")).toBe(scores["33"]);
    expect(graph.getNodeAttribute("33", "near")).toBe(scores["33"]);
  });

  it("ends its events with the scores", async () => {
    const graph = karateClub(Graph);
    let last: unknown;
    for await (const event of personalizedPagerank.events(graph, { source: "0" })) last = event;
    expect(last).toEqual({ type: "end", result: personalizedPagerank(graph, { source: "0" }) });
  });

  it("gives rows in the order asked for", () => {
    const graph = karateClub(Graph);
    const { keys, offsets, indices, values } = personalizedPagerank.rows(graph, ["5", 0]);
    expect(keys).toEqual(["5", "0"]);
    const scores = personalizedPagerank(graph, { source: "0" });
    for (let e = offsets[1]!; e < offsets[2]!; e++)
      expect(values[e]).toBeCloseTo(scores[indices[e]!]!, 10);
  });

  it.each([
    ["no source", {}, "ERR_ARGUMENT"],
    ["both kinds of source", { source: "0", sources: ["1"] }, "ERR_ARGUMENT"],
    ["a node that is not there", { source: "none" }, "ERR_NODE"],
    ["a negative weight", { sources: { 0: -1 } }, "ERR_RANGE"],
    ["a weight that is NaN", { sources: { 0: Number.NaN } }, "ERR_RANGE"],
    ["no weight above 0", { sources: { 0: 0 } }, "ERR_RANGE"],
    ["an empty list", { sources: [] }, "ERR_RANGE"],
  ])("refuses %s", (_, options, code) => {
    const call = () => personalizedPagerank(karateClub(Graph), options);
    expect(call).toThrow(expect.objectContaining({ code }));
  });
});
