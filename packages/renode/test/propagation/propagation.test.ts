import Graph from "graphology";
import { describe, expect, it } from "vitest";
import { influenceShift, labelPropagation } from "../../src";

/** x − m − y with labelled ends; m belongs to y but x has the stronger tie. */
function chain(): Graph {
  const graph = new Graph();
  graph.addNode("x", { label: "x", train: true });
  graph.addNode("m", { label: "y", train: false });
  graph.addNode("y", { label: "y", train: true });
  graph.addNode("alone", { label: "y", train: false });
  graph.addEdge("x", "m", { weight: 3 });
  graph.addEdge("m", "y", { weight: 1 });
  return graph;
}

describe("labelPropagation", () => {
  it("gives nodes the label of the stronger influence, and none where nothing arrives", () => {
    expect(labelPropagation(chain())).toEqual({ x: "x", m: "x", y: "y", alone: null });
  });

  it("gives equal influence to the first class", () => {
    expect(labelPropagation(chain(), { getEdgeWeight: null }).m).toBe("x");
  });

  it("writes labels to all nodes", () => {
    const graph = chain();
    labelPropagation.assign(graph);
    expect(graph.getNodeAttribute("m", "propagated")).toBe("x");
    labelPropagation.assign(graph, { nodePropagatedAttribute: "guess" });
    expect(graph.getNodeAttribute("alone", "guess")).toBeNull();
  });
});

describe("influenceShift", () => {
  it("is above 0 where another class's influence is the stronger, below 0 elsewhere", () => {
    const shift = influenceShift(chain());
    expect(shift.m).toBeGreaterThan(0);
    expect(shift.x).toBeLessThan(0);
    expect(shift.y).toBeLessThan(0);
  });

  it("is the difference over the sum, worked by hand for equal ties", () => {
    expect(influenceShift(chain(), { getEdgeWeight: null }).m).toBeCloseTo(0, 12);
  });

  it("counts shifted nodes and those that nothing reaches", () => {
    const { keys, labels, shifted, unreached } = influenceShift.detailed(chain());
    expect(keys).toEqual(["x", "m", "y"]);
    expect(labels).toEqual(["x", "y", "y"]);
    expect([shifted, unreached]).toEqual([1 / 3, 1]);
  });

  it("counts a class without training node as influenced by others", () => {
    const graph = chain();
    graph.setNodeAttribute("m", "label", "z");
    expect(influenceShift(graph).m).toBeGreaterThan(0);
  });

  it("writes shifts to the nodes that have one", () => {
    const graph = chain();
    influenceShift.assign(graph);
    influenceShift.assign(graph, { nodeShiftAttribute: "drift" });
    expect(graph.getNodeAttribute("m", "drift")).toBe(influenceShift(graph).m);
    expect(graph.hasNodeAttribute("alone", "influenceShift")).toBe(false);
  });
});
