import Graph, { MultiGraph } from "graphology";
import { afterEach, describe, expect, it, vi } from "vitest";
import { labelPropagation, personalizedPagerank, renodeWeights, totoro } from "../../src";
import * as walks from "../../src/pagerank/walk";

/** Counts how often entries of the walk are read. */
function countReads() {
  const count = { reads: 0 };
  const counted = <T extends object>(list: T): T =>
    new Proxy(list, {
      get(target, name) {
        count.reads++;
        const value = Reflect.get(target, name) as unknown;
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  const walkOf = walks.walkOf;
  vi.spyOn(walks, "walkOf").mockImplementation((...args) => {
    const walk = walkOf(...args);
    const { offsets, targets, coefficients, diagonal } = walk;
    return {
      ...walk,
      offsets: counted(offsets),
      targets: counted(targets),
      coefficients: counted(coefficients),
      diagonal: counted(diagonal),
    };
  });
  return count;
}

/** A ring of nodes, each joined to the next; with `step` 0 nobody is joined. */
function ring(order: number, step: number) {
  const edges = step === 0 ? 0 : 1;
  return {
    order,
    offsets: Array.from({ length: order + 1 }, (_, i) => edges * i),
    targets: Array.from({ length: edges * order }, (_, i) => (i + step) % order),
  };
}

afterEach(() => vi.restoreAllMocks());

describe("shapes that attack", () => {
  it.each([
    ["isolated nodes", 0],
    ["a ring", 1],
  ])("costs twice as much for twice as many classes in %s", (_, step) => {
    const count = countReads();
    const readsFor = (order: number) => {
      count.reads = 0;
      const getNodeLabel = Array.from({ length: order }, (_, i) => `class ${i}`);
      const weights = renodeWeights(ring(order, step), { getNodeLabel, tolerance: 1e-4 });
      expect(Object.keys(weights)).toHaveLength(order);
      return count.reads;
    };
    const [once, twice] = [readsFor(400), readsFor(800)];
    expect(twice / once).toBeLessThanOrEqual(2.5);
  });

  it("gives weights to 20,000 classes, and labels to their nodes", () => {
    const order = 20_000;
    const getNodeLabel = Int32Array.from({ length: order }, (_, i) => i);
    const weights = renodeWeights(ring(order, 0), { getNodeLabel });
    expect(Object.keys(weights)).toHaveLength(order);
    expect(labelPropagation(ring(order, 0), { getNodeLabel })["19999"]).toBe(19_999);
  });

  it("gives what the whole graph gives where it computes on parts", () => {
    const order = 200;
    const getNodeLabel = Array.from({ length: order }, (_, i) => (i % 2 === 0 ? i : null));
    const options = { getNodeLabel, tolerance: 1e-9 };
    const parts = totoro(ring(order, 1), options);
    const rows = personalizedPagerank.rows(ring(order, 1), [...Array(order).keys()], {
      tolerance: 1e-13,
    });
    const dense = Array.from({ length: order }, (_, r) => {
      const row = new Float64Array(order);
      for (let e = rows.offsets[r]!; e < rows.offsets[r + 1]!; e++)
        row[rows.indices[e]!] = rows.values[e]!;
      return row;
    });
    const sums = new Float64Array(order);
    for (let i = 0; i < order; i += 2) for (let x = 0; x < order; x++) sums[x]! += dense[i]![x]!;
    for (let v = 0; v < order; v += 2) {
      let expected = 0;
      for (let x = 0; x < order; x++) expected += dense[v]![x]! * (sums[x]! - dense[v]![x]!);
      expect(parts[v]).toBeCloseTo(expected, 7);
    }
  });

  it("looks once at each of the parallel edges", () => {
    const visitsOf = (size: number) => {
      const graph = new MultiGraph();
      graph.addNode("a", { label: "x" });
      graph.addNode("b", { label: "y" });
      for (let e = 0; e < size; e++) graph.addEdge("a", "b");
      let visits = 0;
      const getEdgeWeight = () => {
        visits++;
        return 1;
      };
      expect(renodeWeights(graph, { getEdgeWeight })).toEqual({ a: 1.5, b: 0.5 });
      return visits;
    };
    expect(visitsOf(40_000) / visitsOf(20_000)).toBeLessThanOrEqual(2.5);
  });
});

describe("a graph that changes during the call", () => {
  const path = () => {
    const graph = new Graph();
    for (const key of ["a", "b", "c", "d"]) graph.addNode(key, { label: key < "c" ? "x" : "y" });
    graph.addEdge("a", "b");
    graph.addEdge("c", "d");
    return graph;
  };
  const labelOf = (_: string, { label }: { label?: string }) => label;

  it.each([
    [
      "a node is removed while labels are read",
      (graph: Graph) => ({
        getNodeLabel: (node: string, attributes: { label?: string }) => {
          if (node === "a") graph.dropNode("d");
          return labelOf(node, attributes);
        },
      }),
    ],
    [
      "a node is replaced while labels are read",
      (graph: Graph) => ({
        getNodeLabel: (node: string, attributes: { label?: string }) => {
          if (node === "a") {
            graph.dropNode("d");
            graph.addNode("e");
            graph.addEdge("c", "e");
          }
          return labelOf(node, attributes);
        },
      }),
    ],
    [
      "a node is removed while edges are read",
      (graph: Graph) => ({
        getEdgeWeight: () => {
          if (graph.hasNode("d")) graph.dropNode("d");
          return 1;
        },
      }),
    ],
    [
      "a node is replaced while scores are computed",
      (graph: Graph) => ({
        onProgress: () => {
          if (!graph.hasNode("d")) return;
          graph.dropNode("d");
          graph.addNode("e");
          graph.addEdge("c", "e");
        },
      }),
    ],
  ])("is refused where %s", (_, optionsOf) => {
    const graph = path();
    expect(() => totoro(graph, optionsOf(graph))).toThrow(
      expect.objectContaining({ code: "ERR_CHANGED" }),
    );
  });
});
