import { provenanceOf, writeRecorded } from "../record/provenance";
import { compareTraining } from "./compare-training";
import type { GraphData, Labels } from "./graph-data";
import { laidOut } from "./lay-out";
import { randomFrom } from "./random";
import type { RecordedGraph } from "./recorded";
import { type SourceName, sourceNames, sources } from "./sources";
import type { Accuracies } from "./ways";
import { weighLabels } from "./weigh-labels";

const SEED = 1;
/** Labelled nodes per class. */
const PER_CLASS = 2;

/** The graph of a source, laid out. */
function graphOf(name: SourceName): GraphData {
  const { title, classNames, classes, names, neighbours } = sources[name];
  const nodes = names.map((own, i) => ({ name: own, x: 0, y: 0, truth: Number(classes[i]) }));
  const edges = neighbours.split("|").flatMap((list, source) =>
    list
      .split(" ")
      .filter(Boolean)
      .map((one) => {
        const [target, weight = 1] = one.split(":").map(Number) as [number, number?];
        return [source, target, weight] as const;
      }),
  );
  return laidOut({ title, classNames, nodes, edges });
}

/** Some nodes of each class, drawn. */
function drawLabels({ nodes, classNames }: GraphData): Labels {
  const random = randomFrom(SEED);
  return classNames
    .flatMap((_, label) => {
      const left = [...nodes.keys()].filter((node) => nodes[node]!.truth === label);
      return Array.from({ length: PER_CLASS }, () => {
        const [node] = left.splice(Math.floor(random() * left.length), 1);
        return [node!, label] as const;
      });
    })
    .sort(([a], [b]) => a - b);
}

/** The labels of the package's README. */
const karateLabels: Labels = [
  [0, 0],
  [4, 0],
  [8, 0],
  [14, 1],
  [31, 1],
  [33, 1],
];

/** Lays out the page's graphs, and records what it shows of them. */
export async function main(): Promise<void> {
  const { signal } = new AbortController();
  const graphs = {} as RecordedGraph["graphs"];
  for (const name of sourceNames) {
    const graph = graphOf(name);
    const labels = name === "karate" ? karateLabels : drawLabels(graph);
    const accuracies: Accuracies = { equal: [], renode: [] };
    for await (const { way, accuracy } of compareTraining({ graph, labels, seed: SEED }, signal))
      accuracies[way] = [...accuracies[way], accuracy];
    graphs[name] = { graph, weighing: weighLabels(graph, labels), accuracies };
  }
  const recorded: RecordedGraph = { ...provenanceOf("graph"), seed: SEED, graphs };
  await writeRecorded("graph", recorded);
}
