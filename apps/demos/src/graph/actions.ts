import { batch } from "@preact/signals";
import { attempt } from "../shell/attempt";
import { pageWorker } from "../shell/page-worker";
import { saveJson } from "../shell/save-file";
import {
  areLabelsOf,
  type Labels,
  movedLabels,
  nodesOf,
  readLabels,
  writeLabels,
} from "./graph-data";
import { conflictText, rightText } from "./moved";
import { LIMITS, type ParsedGraph, parseGraph } from "./parse-graph";
import type { RecordedGraph } from "./recorded";
import type { SourceName } from "./sources";
import {
  address,
  doing,
  isCurrent,
  isLive,
  judged,
  moved,
  picked,
  problems,
  shown,
  showRecorded,
} from "./state";
import { type Accuracies, RUNS } from "./ways";
import type { methods } from "./worker";

let session: ReturnType<typeof pageWorker<typeof methods>> | undefined;
let recording: RecordedGraph;
/** Ends the work that is under way. */
let running = new AbortController();

function begin(): AbortSignal {
  running.abort();
  running = new AbortController();
  moved.value = "";
  return running.signal;
}

function worker() {
  const open = () =>
    new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "graph" });
  session ??= pageWorker<typeof methods>(open, () => {
    doing.value = "";
  });
  return session;
}

/** Opens the page's state; a step of the story is opened by the story. */
export function openGraph(recorded: RecordedGraph): void {
  recording = recorded;
  address.read();
  const { graph: name, labels: text, seed, step } = address.state.value;
  const found = [...address.problems.value];
  showRecorded(recorded, name);
  problems.labels.value = found;
  if (step > 0) return;
  const labels = readLabels(text);
  if (labels && !areLabelsOf(shown.graph.value!, labels)) {
    found.push("labels in the address are not of this graph, so they are ignored.");
    address.set({ labels: "" });
  } else if (labels) void weigh(labels, nodesOf(labels));
  if (seed !== recorded.seed) {
    shown.accuracies.value = null;
    if (!labels) void train();
  }
  problems.labels.value = found;
}

/** Shows the labels' conflict and weights. @param rows the nodes of the table's rows */
const weigh = (labels: Labels, rows: readonly number[]): Promise<void> =>
  attempt(problems.labels, doing, async () => {
    const graph = shown.graph.value!;
    const { total } = shown.weighing.value!;
    const { graph: name, labels: text, seed } = address.state.value;
    const signal = begin();
    for await (const weighing of worker().run("weigh", { graph, labels }, signal))
      batch(() => {
        moved.value = conflictText(total, weighing.total);
        shown.weighing.value = weighing;
        shown.rows.value = rows;
        shown.of.value = { graph: name, labels: text, seed };
        shown.accuracies.value = null;
        isLive.value = true;
      });
  });

/** Shows another of the page's graphs. */
export function chooseGraph(name: SourceName): void {
  address.set({ graph: name, labels: "" });
  problems.file.value = [];
  problems.labels.value = [];
  begin();
  doing.value = "";
  showRecorded(recording, name);
  if (address.state.value.seed !== recording.seed) shown.accuracies.value = null;
}

/** Moves a label to a node that has none. */
export function moveLabel(from: number, to: number): void {
  const { labels } = shown.weighing.value!;
  const has = (node: number) => labels.some(([own]) => own === node);
  picked.value = null;
  if (from === to || !has(from)) return;
  if (has(to)) {
    problems.labels.value = [`${shown.graph.value!.nodes[to]!.name} has a label already.`];
    return;
  }
  const moved = movedLabels(labels, from, to);
  if (shown.ownTitle.value === null) address.set({ labels: writeLabels(moved) });
  void weigh(
    moved,
    shown.rows.value.map((node) => (node === from ? to : node)),
  );
}

/** Picks up the label of a node, or puts down what is picked up. */
export function touch(node: number): void {
  const from = picked.value;
  const isLabelled = shown.weighing.value!.labels.some(([own]) => own === node);
  if (from === null || isLabelled) picked.value = isLabelled && node !== from ? node : null;
  else moveLabel(from, node);
}

/** Ends the work that is under way; what is shown stays, and its settings come back. */
export function stop(): void {
  running.abort();
  batch(() => {
    doing.value = "";
    address.set(shown.of.value!);
  });
}

/** Shows what was recorded, at which the story's steps begin. */
export function showStep(): void {
  if (isCurrent.value && !isLive.value && shown.ownTitle.value === null && doing.value === "")
    return;
  running.abort();
  batch(() => {
    doing.value = "";
    moved.value = "";
    showRecorded(recording, address.state.value.graph);
  });
}

/** Runs the settings, unless their result is there. */
export async function runStep(): Promise<void> {
  const { graph, labels: text } = address.state.value;
  if (shown.of.value!.graph !== graph) showRecorded(recording, graph);
  const { labels: start } = recording.graphs[graph].weighing;
  const labels = readLabels(text) ?? start;
  if (shown.of.value!.labels !== text) await weigh(labels, nodesOf(labels));
  if (!isCurrent.value || shown.accuracies.value?.renode.length !== RUNS) await train();
  moved.value = "";
}

/** Moves all labels to those of the drawn seats that have the most or the least conflict, or to the first ones. */
export function takeSeats(which: "worst" | "best" | "middle"): void {
  const byTotal = [...shown.seats.value].sort((a, b) => a.total - b.total);
  const { labels } = which === "best" ? byTotal[0]! : byTotal.at(-1)!;
  const { graph } = address.state.value;
  const chosen = which === "middle" ? recording.graphs[graph].weighing.labels : labels;
  address.set({ labels: which === "middle" ? "" : writeLabels(chosen) });
  void weigh(chosen, nodesOf(chosen)).then(train);
}

/** Trains networks with equal weights and with ReNode's. */
export const train = (): Promise<void> =>
  attempt(problems.training, doing, async () => {
    const graph = shown.graph.value!;
    const { labels } = shown.weighing.value!;
    const labelled = new Set(labels.map(([node]) => node));
    if (!graph.nodes.some(({ truth }, node) => truth !== null && !labelled.has(node))) {
      problems.training.value = [
        "No unlabelled node has a known class, so nothing can be compared; mark labelled nodes by a column train.",
      ];
      return;
    }
    const { graph: name, labels: text, seed } = address.state.value;
    const signal = begin();
    const found: Accuracies = { equal: [], renode: [] };
    doing.value = "Training";
    const before = shown.accuracies.value;
    let isWhole = false;
    try {
      for await (const { way, run, accuracy } of worker().run(
        "compareTraining",
        {
          graph,
          labels,
          seed,
        },
        signal,
      )) {
        found[way] = [...found[way], accuracy];
        doing.value = `Training · ${run + 1} of ${RUNS}`;
        shown.accuracies.value = { ...found };
      }
      isWhole = true;
      isLive.value = true;
      shown.of.value = { graph: name, labels: text, seed };
      const weighing = shown.weighing.value!;
      moved.value = `${rightText(judged({ weighing, accuracies: found, seats: [] }))}.`;
    } catch (error) {
      if (!signal.aborted) address.set(shown.of.value!);
      throw error;
    } finally {
      // Labels that were moved meanwhile have been trained on by none.
      const isSame = shown.weighing.value?.labels === labels;
      if (!isWhole) shown.accuracies.value = isSame ? before : null;
    }
  });

/** Trains from new weights. */
export function renew(): void {
  address.set({ seed: (address.state.value.seed + 1) % 2 ** 28 });
  void train();
}

/** Shows a visitor's graph, if it is one. */
export async function chooseFiles(files: readonly File[]): Promise<void> {
  if (files.length === 0) return;
  let parsed: ParsedGraph;
  try {
    const read = files.map(async (file) => {
      // What is too large is refused by its size, unread.
      const isHuge = file.size > LIMITS.bytes;
      const content = new Uint8Array(
        isHuge ? new ArrayBuffer(file.size) : await file.arrayBuffer(),
      );
      return { name: file.name, content };
    });
    parsed = parseGraph(await Promise.all(read));
  } catch (error) {
    problems.file.value = [(error as Error).message];
    return;
  }
  await attempt(problems.file, doing, async () => {
    let { graph } = parsed;
    const { labels, hasPlaces } = parsed;
    if (!hasPlaces) for await (const placed of worker().run("layOut", graph)) graph = placed;
    for await (const weighing of worker().run("weigh", { graph, labels }))
      batch(() => {
        shown.graph.value = graph;
        shown.ownTitle.value = graph.title;
        shown.seats.value = [];
        moved.value = "";
        shown.weighing.value = weighing;
        shown.rows.value = nodesOf(weighing.labels);
        shown.accuracies.value = null;
        picked.value = null;
        isLive.value = true;
        problems.labels.value = [];
        address.set({ labels: "" });
        shown.of.value = { ...address.state.value };
      });
  });
}

/** Saves all that is shown. */
export function save(): void {
  saveJson("deepgrain-graph.json", {
    ...address.state.value,
    isRecorded: !isLive.value,
    graph: shown.graph.value,
    weighing: shown.weighing.value,
    accuracies: shown.accuracies.value,
  });
}
