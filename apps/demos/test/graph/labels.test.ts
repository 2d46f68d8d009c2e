import { renodeWeights } from "@deepgrain/renode";
import fc from "fast-check";
import { UndirectedGraph } from "graphology";
import { describe, expect, it } from "vitest";
import { areLabelsOf, movedLabels, readLabels, writeLabels } from "../../src/graph/graph-data";
import type { RecordedGraph } from "../../src/graph/recorded";
import { sourceNames } from "../../src/graph/sources";
import { weighLabels } from "../../src/graph/weigh-labels";
import { readRecorded } from "../../src/site/read-recorded";

const { graphs } = readRecorded<RecordedGraph>("graph");

const someLabels = fc
  .uniqueArray(fc.tuple(fc.nat(9999), fc.nat(8)), { minLength: 1, selector: ([node]) => node })
  .map((labels) => labels.sort(([a], [b]) => a - b));

describe("labels", () => {
  it("come back from an address", () => {
    fc.assert(
      fc.property(someLabels, (labels) => {
        expect(readLabels(writeLabels(labels))).toEqual(labels);
      }),
      { numRuns: 500 },
    );
  });

  it("of no graph are not read, whatever an address says", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const labels = readLabels(text);
        if (labels) expect(writeLabels(labels)).not.toBe("");
      }),
      { numRuns: 500 },
    );
    for (const text of ["", "1", "1-0", "1-1.1-2", "1-1.", "12345-1", "1-1,2-2"])
      expect(readLabels(text)).toBeUndefined();
  });

  it("need two classes and nodes of the graph", () => {
    const { graph } = graphs.karate;
    expect(
      areLabelsOf(graph, [
        [0, 0],
        [33, 1],
      ]),
    ).toBe(true);
    expect(
      areLabelsOf(graph, [
        [0, 0],
        [33, 0],
      ]),
    ).toBe(false);
    expect(
      areLabelsOf(graph, [
        [0, 0],
        [34, 1],
      ]),
    ).toBe(false);
    expect(
      areLabelsOf(graph, [
        [0, 0],
        [33, 2],
      ]),
    ).toBe(false);
  });

  it("move, and stay in the order of nodes", () => {
    expect(
      movedLabels(
        [
          [0, 0],
          [8, 0],
          [33, 1],
        ],
        0,
        12,
      ),
    ).toEqual([
      [8, 0],
      [12, 0],
      [33, 1],
    ]);
  });
});

describe("the weights of labels", () => {
  it.each(sourceNames)("are those that were recorded: %s", (name) => {
    const { graph, weighing } = graphs[name];
    expect(weighLabels(graph, weighing.labels)).toEqual(weighing);
  });

  it("are the package's, after a label was moved", () => {
    const { graph, weighing } = graphs.karate;
    const labels = movedLabels(weighing.labels, 8, 7);
    const club = new UndirectedGraph();
    for (const key of graph.nodes.keys()) club.addNode(key);
    for (const [source, target] of graph.edges) club.addEdge(source, target);
    for (const [node, label] of labels) club.setNodeAttribute(node, "label", label);
    expect(weighLabels(graph, labels).weights).toEqual(Object.values(renodeWeights(club)));
  });
});
