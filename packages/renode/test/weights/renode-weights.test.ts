import Graph from "graphology";
import { describe, expect, it } from "vitest";
import { renodeWeights } from "../../src";

/** a1 − a2 − b1 − b2: the inner two touch the other class. */
function path(): Graph {
  const graph = new Graph();
  for (const node of ["a1", "a2", "b1", "b2"]) graph.addNode(node, { label: node[0] });
  graph.addEdge("a1", "a2");
  graph.addEdge("a2", "b1");
  graph.addEdge("b1", "b2");
  return graph;
}

describe("renodeWeights", () => {
  it("weighs nodes inside their class more than those at its border", () => {
    const { a1, a2, b1, b2 } = renodeWeights(path());
    expect(Math.min(a1!, b2!)).toBeGreaterThan(Math.max(a2!, b1!));
  });

  it("gives mirror images equal weights when ties are averaged", () => {
    const { a1, a2, b1, b2 } = renodeWeights(path(), { ties: "average" });
    expect([a1, a2]).toEqual([b2, b1]);
  });

  it("takes the pair of weights from the options", () => {
    const weights = Object.values(renodeWeights(path(), { minWeight: 0.25, maxWeight: 1.75 }));
    expect([Math.min(...weights), Math.max(...weights)]).toEqual([0.25, 1.75]);
  });

  it("writes weights to the labelled nodes", () => {
    const graph = path();
    graph.addNode("c");
    renodeWeights.assign(graph);
    expect(graph.getNodeAttribute("a1", "renodeWeight")).toBe(renodeWeights(graph).a1);
    expect(graph.getNodeAttributes("c")).toEqual({});
    renodeWeights.assign(graph, { nodeWeightAttribute: "w" });
    expect(graph.hasNodeAttribute("b2", "w")).toBe(true);
  });

  it("ends its events with the result", async () => {
    let last: unknown;
    for await (const event of renodeWeights.events(path())) last = event;
    expect(last).toEqual({ type: "end", result: renodeWeights.detailed(path()) });
  });
});
