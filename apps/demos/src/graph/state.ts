import { signal } from "@preact/signals";
import { addressState } from "../shell/use-address";
import { choiceField, type Field, wholeField } from "../state/fields";
import { type GraphData, nodesOf, readLabels } from "./graph-data";
import type { RecordedGraph } from "./recorded";
import { type SourceName, sourceNames } from "./sources";
import type { Accuracies } from "./ways";
import type { Weighing } from "./weigh-labels";

/** Labels that were moved; "" for those that the graph has at first. */
const labelsField: Field<string> = {
  initial: "",
  read: (text) =>
    readLabels(text)
      ? { value: text }
      : { expected: "nodes and classes such as 0-1.33-2, each node once" },
  write: (value) => value,
};

/** The page's state, in its address. */
export const address = addressState({
  graph: choiceField<SourceName>("karate", sourceNames),
  labels: labelsField,
  seed: wholeField(1, 0, 2 ** 28 - 1),
});

/** The graph and its findings that are shown. */
export const shown = {
  graph: signal<GraphData | null>(null),
  /** Title of the visitor's graph, if it is what is shown. */
  ownTitle: signal<string | null>(null),
  weighing: signal<Weighing | null>(null),
  /** The nodes of the table's rows: a label stays in its row when it is moved. */
  rows: signal<readonly number[]>([]),
  /** Null where networks were not trained with these labels. */
  accuracies: signal<Accuracies | null>(null),
};

/** The labelled node that is picked up, to be put down at another. */
export const picked = signal<number | null>(null);

/** Work that is under way, in words; "" for none. */
export const doing = signal("");
/** Whether what is shown comes from this page and not from the recording. */
export const isLive = signal(false);
/** Sentences about what went wrong, by the control that they are about. */
export const problems = {
  labels: signal<string[]>([]),
  file: signal<string[]>([]),
  training: signal<string[]>([]),
};

/** Shows what was recorded of a graph. */
export function showRecorded({ graphs }: RecordedGraph, name: SourceName): void {
  const { graph, weighing, accuracies } = graphs[name];
  shown.graph.value = graph;
  shown.ownTitle.value = null;
  shown.weighing.value = weighing;
  shown.rows.value = nodesOf(weighing.labels);
  shown.accuracies.value = accuracies;
  picked.value = null;
  isLive.value = false;
}
