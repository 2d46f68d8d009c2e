import Graph from "graphology";
import { describe, expect, it } from "vitest";
import { renodeWeights } from "../../src";
import { conflictDrawing, drawingPage } from "../../src/draw";

function graph(): Graph {
  const made = new Graph();
  made.addNode("a", { label: "x", name: "Ann </script><b>" });
  made.addNode("b", { label: "y" });
  made.addNode("c");
  made.addEdge("a", "b");
  made.addEdge("b", "c");
  return made;
}
const drawingOf = (made: Graph) => conflictDrawing(made, renodeWeights.detailed(made));

describe("conflictDrawing", () => {
  it("gives each node its place, name and scores, each edge its ends", () => {
    const { nodes, edges, minWeight, maxWeight } = drawingOf(graph());
    expect(nodes.map(({ key, label }) => [key, label])).toEqual([
      ["a", "Ann </script><b>"],
      ["b", "b"],
      ["c", "c"],
    ]);
    expect(nodes.map((node) => node.class)).toEqual(["x", "y", null]);
    expect(nodes[2]).toMatchObject({ totoro: null, conflict: null, weight: null });
    expect([...nodes.slice(0, 2)].map(({ conflict }) => conflict).sort()).toEqual([0, 1]);
    expect(edges).toEqual([
      [0, 1],
      [1, 2],
    ]);
    expect([minWeight, maxWeight]).toEqual([0.5, 1.5]);
  });

  it("keeps a layout that the graph has, else spreads nodes so that none overlap", () => {
    const laid = graph();
    laid.forEachNode((key) => {
      laid.mergeNodeAttributes(key, { x: 7, y: key.charCodeAt(0) });
    });
    expect(drawingOf(laid).nodes.map(({ x, y }) => [x, y])).toEqual([
      [7, 97],
      [7, 98],
      [7, 99],
    ]);
    const places = drawingOf(graph()).nodes.map(({ x, y }) => `${x} ${y}`);
    expect(new Set(places).size).toBe(3);
  });
});

describe("drawingPage", () => {
  it("lets no name, title or script end a tag", () => {
    const text = drawingPage(drawingOf(graph()), {
      scripts: ["const a = '</script>'"],
      title: "<i>",
    });
    expect(text.match(/<\/script>/g)).toHaveLength(3);
    expect(text).not.toContain("<b>");
    expect(text).toContain("<title>&lt;i&gt;</title>");
  });

  it("says how many nodes are labelled, how much they conflict and what they reach", () => {
    const { nodes, ...drawing } = drawingOf(graph());
    const page = (totoro: readonly number[], total: number) => {
      const scored = nodes.map((node, i) => ({ ...node, totoro: totoro[i] ?? null }));
      return drawingPage({ ...drawing, nodes: scored, total, cover: 0.5 }, { scripts: [] });
    };
    expect(page([0.25, 0.5], 0.75)).toContain(
      "2 of 3 nodes have a class label. Their total conflict is 0.750, from 0.250 to 0.500 per node; their influence reaches 50.0 % of all nodes.",
    );
  });
});
