import Graph from "graphology";
import { describe, expect, it } from "vitest";
import { renodeWeights, totoro } from "../../src";
import { rankCorrelation } from "../../src/totoro/rank-correlation";
import { seeded } from "../support/seeded";

/** A random graph of mean degree 10, each edge stored once; the first nodes have labels of 7 classes. */
function randomGraph(order: number, labelled: number) {
  const random = seeded(1);
  const graph = {
    order,
    offsets: Array.from({ length: order + 1 }, (_, i) => 5 * i),
    targets: Array.from({ length: 5 * order }, () => Math.floor(random() * order)),
  };
  const getNodeLabel = Array.from({ length: order }, (_, i) => (i < labelled ? i % 7 : null));
  return { graph, getNodeLabel };
}

describe("totoro by local push", () => {
  it("ranks 10,000 nodes of degree 10 as the exact method does, by default", () => {
    const { graph, getNodeLabel } = randomGraph(10_000, 60);
    const exact = totoro.detailed(graph, { getNodeLabel });
    const pushed = totoro.detailed(graph, { getNodeLabel, method: "push" });
    expect(rankCorrelation(pushed.totoro, exact.totoro)).toBeGreaterThanOrEqual(0.99);
    expect(pushed.push!.left).toBeLessThanOrEqual(0.05);
    expect(pushed.warnings).toEqual(exact.warnings);
    expect(exact.push).toBeNull();
  });

  it.each([
    ["symmetric", undefined],
    ["row", undefined],
    ["symmetric", 20],
  ] as const)(
    "never exceeds the exact scores and lacks at most its bound (%s, top %s)",
    (normalization, topK) => {
      const { graph, getNodeLabel } = randomGraph(300, 40);
      for (const epsilon of [1e-2, 1e-3, 1e-5]) {
        const options = { getNodeLabel, normalization, selfLoops: false };
        const exact = totoro.detailed(graph, options).totoro;
        const { totoro: found, push } = totoro.detailed(graph, {
          ...options,
          method: "push",
          epsilon,
          topK,
        });
        for (const [v, score] of exact.entries()) {
          expect(found[v]).toBeLessThanOrEqual(score + 1e-10);
          expect(score).toBeLessThanOrEqual(found[v]! + push!.bound![v]! + 1e-10);
        }
      }
    },
  );

  it("takes a given epsilon as it is, and warns where much of the influence is left", () => {
    const { graph, getNodeLabel } = randomGraph(500, 40);
    const options = { getNodeLabel, method: "push" } as const;
    const coarse = totoro.detailed(graph, { ...options, epsilon: 1e-3 });
    expect(coarse.push!.epsilon).toBe(1e-3);
    expect(coarse.push!.left).toBeGreaterThan(0.05);
    const pushWarnings = ({ warnings }: typeof coarse) =>
      warnings.filter(({ code }) => code === "coarse-push");
    expect(pushWarnings(coarse)).toEqual([
      expect.objectContaining({ code: "coarse-push", message: expect.stringContaining("0.001") }),
    ]);
    const fine = totoro.detailed(graph, { ...options, epsilon: 1e-8 });
    expect(fine.push!.left).toBeLessThan(0.05);
    expect(pushWarnings(fine)).toEqual([]);
  });

  it("stops at its limit of pushes", () => {
    const { graph, getNodeLabel } = randomGraph(500, 40);
    const call = () => totoro(graph, { getNodeLabel, method: "push", maxPushes: 1000 });
    expect(call).toThrow(
      expect.objectContaining({
        code: "ERR_NOT_CONVERGED",
        message: expect.stringContaining("1000 pushes were not enough"),
      }),
    );
  });

  it("adds loops as the exact method does", () => {
    const { graph, getNodeLabel } = randomGraph(60, 20);
    const exact = totoro.detailed(graph, { getNodeLabel }).totoro;
    const near = totoro.detailed(graph, { getNodeLabel, method: "push", epsilon: 1e-9 }).totoro;
    expect(near).toBeAllclose(exact, { rtol: 1e-5, atol: 1e-9 });
  });
});

describe("weights of edges at the ends of the range", () => {
  const path = (weight: number) => {
    const graph = new Graph();
    for (const key of ["a", "b", "c", "d"]) graph.addNode(key, { label: key < "c" ? "x" : "y" });
    graph.addEdge("a", "b", { weight });
    graph.addEdge("b", "c", { weight });
    graph.addEdge("c", "d", { weight });
    return graph;
  };

  it.each([1e300, 1e-300])("scores edges of %s as equal edges of 1 without loops", (weight) => {
    for (const normalization of ["symmetric", "row"] as const) {
      const options = { selfLoops: false, normalization };
      const expected = Object.values(totoro(path(1), options));
      expect(Object.values(totoro(path(weight), options))).toBeAllclose(expected, { rtol: 1e-9 });
    }
  });

  it("scores heavy edges beside loops of weight 1", () => {
    const scores = Object.values(totoro(path(1e300)));
    expect(scores).toBeAllclose(Object.values(totoro(path(1), { selfLoops: false })), {
      rtol: 1e-9,
    });
  });

  it("refuses weights whose sum is no number", () => {
    expect(() => totoro(path(1.7e308))).toThrow(expect.objectContaining({ code: "ERR_WEIGHT" }));
  });
});

describe("what files deliver", () => {
  it.each(["constructor", "toString", "__proto__"])("takes a node called %s for a node", (key) => {
    const graph = new Graph();
    for (const name of ["a", "b", key]) graph.addNode(name);
    graph.addEdge("a", "b");
    const getNodeLabel = { a: "x", b: "y" };
    expect(Object.keys(renodeWeights(graph, { getNodeLabel }))).toEqual(["a", "b"]);
    const sources = Object.fromEntries([
      ["a", "x"],
      [key, "y"],
    ]);
    expect(Object.keys(totoro(graph, { getNodeLabel: sources }))).toEqual(["a", key]);
  });

  it("quotes a weight and a flag that are text", () => {
    const graph = new Graph();
    graph.addNode("a", { label: "x", train: "true" });
    graph.addNode("b", { label: "y" });
    graph.addEdge("a", "b", { weight: "1" });
    expect(() => totoro(graph)).toThrow('above 0, got the text "1"');
    expect(() => totoro(graph, { getEdgeWeight: null })).toThrow('or false, got the text "true"');
  });
});
