import Graph from "graphology";
import { describe, expect, it } from "vitest";
import { personalizedPagerank, RenodeError, totoro } from "../../src";

const labelled = (options: object = {}) => {
  const graph = new Graph({ multi: true, allowSelfLoops: true, ...options });
  graph.addNode("a", { label: "x" });
  graph.addNode("b", { label: "y" });
  graph.addNode("c");
  return graph;
};
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (RenodeError.isInstance(error)) return error.code;
    throw error;
  }
  return "no error";
};

describe("reading a graph", () => {
  it("reads a directed edge in both directions", () => {
    const directed = labelled({ type: "directed" });
    directed.addDirectedEdge("a", "b");
    const undirected = labelled({ type: "undirected" });
    undirected.addUndirectedEdge("b", "a");
    expect(totoro(directed)).toEqual(totoro(undirected));
  });

  it("drops loops and counts parallel edges without weights as one", () => {
    const plain = labelled();
    plain.addUndirectedEdge("a", "b");
    const messy = labelled();
    messy.addUndirectedEdge("a", "a");
    messy.addUndirectedEdge("a", "b");
    messy.addDirectedEdge("b", "a");
    expect(totoro(messy)).toEqual(totoro(plain));
  });

  it("adds the weights of parallel edges, a missing weight counting as 1", () => {
    const one = labelled();
    one.addUndirectedEdge("a", "b", { weight: 3.5 });
    const several = labelled();
    several.addUndirectedEdge("a", "b", { weight: 2.5 });
    several.addUndirectedEdge("a", "b");
    expect(totoro(several)).toEqual(totoro(one));
  });

  it("takes weights from a function, and none with null", () => {
    const graph = labelled();
    graph.addUndirectedEdge("a", "b", { weight: 7, strength: 3 });
    graph.addUndirectedEdge("b", "c", { weight: 1 });
    const named = totoro(graph, { getEdgeWeight: "strength" });
    const byFunction = totoro(graph, { getEdgeWeight: (_, { strength }) => strength });
    expect(byFunction).toEqual(named);
    const bare = labelled();
    bare.addUndirectedEdge("a", "b");
    bare.addUndirectedEdge("b", "c");
    expect(totoro(graph, { getEdgeWeight: null })).toEqual(totoro(bare));
  });

  it.each([Number.NaN, 0, -1, Number.POSITIVE_INFINITY, "2"])("refuses the weight %s", (weight) => {
    const graph = labelled();
    graph.addUndirectedEdge("a", "b", { weight });
    expect(codeOf(() => totoro(graph))).toBe("ERR_WEIGHT");
  });

  it.each([undefined, null, {}, [], "graph", { order: 2, offsets: [0, 0, 0] }])(
    "refuses %s, which is not a graph",
    (value) => {
      expect(codeOf(() => totoro(value as never))).toBe("ERR_GRAPH");
    },
  );

  it("says when a getter changes the graph during the call", () => {
    const graph = labelled();
    graph.addUndirectedEdge("a", "b");
    const getNodeLabel = (node: string) => {
      graph.mergeNode("d");
      return node;
    };
    expect(codeOf(() => totoro(graph, { getNodeLabel }))).toBe("ERR_CHANGED");
  });

  it("says when the graph changes between two pieces of the work", async () => {
    const graph = labelled();
    graph.addUndirectedEdge("a", "b");
    const events = totoro.events(graph);
    await events.next();
    graph.dropNode("b");
    const rest = async () => {
      for await (const _ of events);
    };
    await expect(rest()).rejects.toMatchObject({ code: "ERR_CHANGED" });
  });
});

describe("reading a CSR", () => {
  const getNodeLabel = ["x", "y", null];
  const once = { order: 3, offsets: [0, 1, 2, 2], targets: [1, 2] };

  it("is the same whether an edge is listed once, twice, or more often and out of order", () => {
    const twice = { order: 3, offsets: [0, 1, 3, 4], targets: [1, 0, 2, 1] };
    const messy = { order: 3, offsets: [0, 2, 5, 5], targets: [1, 1, 2, 1, 0] };
    const expected = totoro(once, { getNodeLabel });
    expect(totoro(twice, { getNodeLabel })).toEqual(expected);
    expect(totoro(messy, { getNodeLabel })).toEqual(expected);
  });

  it("takes the larger weight of an entry and its mirror image", () => {
    const uneven = { order: 3, offsets: [0, 1, 3, 3], targets: [1, 0, 2], weights: [2, 5, 1] };
    const even = { order: 3, offsets: [0, 1, 2, 2], targets: [1, 2], weights: [5, 1] };
    expect(totoro(uneven, { getNodeLabel })).toEqual(totoro(even, { getNodeLabel }));
  });

  it("has the keys 0 to order − 1", () => {
    expect(Object.keys(personalizedPagerank(once, { source: 0 }))).toEqual(["0", "1", "2"]);
  });

  it.each([
    ["an order below 0", { ...once, order: -1 }],
    ["too few offsets", { ...once, offsets: [0, 2] }],
    ["offsets that do not start at 0", { ...once, offsets: [1, 1, 2, 2] }],
    ["falling offsets", { ...once, offsets: [0, 2, 1, 2] }],
    ["too many targets", { ...once, targets: [1, 2, 0] }],
    ["a target outside the graph", { ...once, targets: [1, 3] }],
    ["a fractional target", { ...once, targets: [1, 0.5] }],
    ["too few weights", { ...once, weights: [1] }],
  ])("refuses %s", (_, csr) => {
    expect(codeOf(() => totoro(csr, { getNodeLabel }))).toBe("ERR_GRAPH");
  });

  it("refuses a bad weight", () => {
    const csr = { ...once, weights: [1, Number.NaN] };
    expect(codeOf(() => totoro(csr, { getNodeLabel }))).toBe("ERR_WEIGHT");
  });

  it("asks for labels, since there are no attributes", () => {
    expect(codeOf(() => totoro(once))).toBe("ERR_ARGUMENT");
  });
});
