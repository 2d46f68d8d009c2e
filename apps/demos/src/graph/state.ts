import { computed, signal } from "@preact/signals";
import { addressState } from "../shell/use-address";
import type { StateOf } from "../state/address-state";
import { choiceField, type Field, wholeField } from "../state/fields";
import { stepField } from "../story/step-field";
import { type GraphData, nodesOf, readLabels } from "./graph-data";
import type { RecordedGraph, Seat } from "./recorded";
import { type SourceName, sourceNames } from "./sources";
import { type Accuracies, RUNS } from "./ways";
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

/** Steps of the page's story. */
export const STEPS = 5;

export const fields = {
  step: stepField(STEPS),
  graph: choiceField<SourceName>("karate", sourceNames),
  labels: labelsField,
  seed: wholeField(1, 0, 2 ** 28 - 1),
};

export type State = StateOf<typeof fields>;

/** A label's conflict and weight. */
interface Weighed {
  conflict: number;
  weight: number;
}

/** The result of a state: what the labels weigh, and what networks make of it. */
export interface Judged {
  total: number;
  /** The labels with the most and the least conflict. */
  most: Weighed;
  least: Weighed;
  accuracies: Accuracies;
  /** Gains by ReNode at the drawn seats. */
  gains: number[];
}

/** The result of what was found. */
export function judged({
  weighing: { conflict, weights, total },
  accuracies,
  seats,
}: {
  weighing: Weighing;
  accuracies: Accuracies;
  seats: readonly Seat[];
}): Judged {
  const at = (value: number): Weighed => {
    const i = conflict.indexOf(value);
    return { conflict: conflict[i]!, weight: weights[i]! };
  };
  return {
    total,
    most: at(Math.max(...conflict)),
    least: at(Math.min(...conflict)),
    accuracies,
    gains: seats.map(({ gain }) => gain),
  };
}

/** The page's state, in its address. */
export const address = addressState(fields);

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
  /** Seats that were drawn on this graph, by what ReNode gains; none on a visitor's. */
  seats: signal<readonly Seat[]>([]),
  /** The settings of what is shown. */
  of: signal<Omit<State, "step"> | null>(null),
};

/** The labelled node that is picked up, to be put down at another. */
export const picked = signal<number | null>(null);

/** Work that is under way, in words; "" for none. */
export const doing = signal("");
/** The change by the last move, in a sentence. */
export const moved = signal("");
/** Whether what is shown comes from this page and not from the recording. */
export const isLive = signal(false);
/** Sentences about what went wrong, by the control that they are about. */
export const problems = {
  labels: signal<string[]>([]),
  file: signal<string[]>([]),
  training: signal<string[]>([]),
};

/** Whether what is shown is of the settings. */
export const isCurrent = computed(() => {
  const { graph, labels, seed } = address.state.value;
  const of = shown.of.value;
  return of?.graph === graph && of.labels === labels && of.seed === seed;
});

/** The result of the settings; null while networks have not been trained with them. */
export const result = computed<Judged | null>(() => {
  const accuracies = shown.accuracies.value;
  if (!isCurrent.value || doing.value !== "" || accuracies?.renode.length !== RUNS) return null;
  return judged({ weighing: shown.weighing.value!, accuracies, seats: shown.seats.value });
});

/** Shows what was recorded of a graph. */
export function showRecorded({ graphs, seed }: RecordedGraph, name: SourceName): void {
  const { graph, weighing, accuracies, seats } = graphs[name];
  shown.graph.value = graph;
  shown.ownTitle.value = null;
  shown.weighing.value = weighing;
  shown.rows.value = nodesOf(weighing.labels);
  shown.accuracies.value = accuracies;
  shown.seats.value = seats;
  shown.of.value = { graph: name, labels: "", seed };
  picked.value = null;
  isLive.value = false;
}
