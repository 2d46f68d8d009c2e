import { compareTraining } from "./compare-training";
import type { GraphData, Labels } from "./graph-data";
import { type Weighing, weighLabels } from "./weigh-labels";

/** The work of the graph's page. */
export const session = {
  /** Scores and weighs labels. */
  async *weigh({
    graph,
    labels,
  }: {
    graph: GraphData;
    labels: Labels;
  }): AsyncGenerator<Weighing, void> {
    yield weighLabels(graph, labels);
  },

  /** Places the nodes of a graph that says nothing of places. */
  async *layOut(graph: GraphData): AsyncGenerator<GraphData, void> {
    const { laidOut } = await import("./lay-out");
    yield laidOut(graph);
  },

  compareTraining,
};
