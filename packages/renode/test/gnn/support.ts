import Graph from "graphology";
import { fromGraph, type NodeData } from "../../src/gnn";
import { seeded } from "../support/seeded";

/** Three circles of nodes with chords, a few edges between them, noisy features; every third node is for training. */
export function communities({ perClass = 12, classes = 3, seed = 1 } = {}): NodeData {
  const random = seeded(seed);
  const graph = new Graph({ type: "undirected" });
  for (let c = 0; c < classes; c++)
    for (let i = 0; i < perClass; i++)
      graph.addNode(`${c}:${i}`, {
        label: `class ${c}`,
        train: i % 3 === 0,
        features: Array.from({ length: classes + 1 }, (_, f) => Number(f === c) + 0.8 * random()),
      });
  for (let c = 0; c < classes; c++)
    for (let i = 0; i < perClass; i++) {
      graph.mergeEdge(`${c}:${i}`, `${c}:${(i + 1) % perClass}`);
      graph.mergeEdge(`${c}:${i}`, `${c}:${(i + 3) % perClass}`);
    }
  for (let c = 0; c < classes; c++) graph.mergeEdge(`${c}:0`, `${(c + 1) % classes}:1`);
  const data = fromGraph(graph);
  const { train, test } = data.split!;
  const split = {
    train,
    validation: test.filter((_, i) => i % 2 === 0),
    test: test.filter((_, i) => i % 2 === 1),
  };
  return { ...data, split };
}
