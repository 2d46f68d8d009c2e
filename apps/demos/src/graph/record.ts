import { provenanceOf, writeRecorded } from "../record/provenance";
import { recordStory } from "../record/record-story";
import { compareTraining } from "./compare-training";
import type { GraphData } from "./graph-data";
import { laidOut } from "./lay-out";
import { measureSeats } from "./measure-seats";
import type { RecordedGraph } from "./recorded";
import { runState } from "./run-state";
import { type SourceName, sourceNames, sources } from "./sources";
import { fields } from "./state";
import { story } from "./story";
import type { Accuracies } from "./ways";
import { weighLabels } from "./weigh-labels";

const SEED = 1;
/** Labelled nodes per class. */
const PER_CLASS: Record<SourceName, number> = { karate: 3, miserables: 2 };

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

/** Lays out the page's graphs, draws seats for their labels, and records what it shows of the middle ones and in its story. */
export async function main(): Promise<void> {
  const { signal } = new AbortController();
  const graphs = {} as RecordedGraph["graphs"];
  for (const name of sourceNames) {
    const graph = graphOf(name);
    const seats = await measureSeats(graph, { perClass: PER_CLASS[name], seed: SEED }, signal);
    const { labels } = seats[seats.length / 2]!;
    const accuracies: Accuracies = { equal: [], renode: [] };
    for await (const { way, accuracy } of compareTraining({ graph, labels, seed: SEED }, signal))
      accuracies[way] = [...accuracies[way], accuracy];
    graphs[name] = { graph, weighing: weighLabels(graph, labels), accuracies, seats };
  }
  const recorded: RecordedGraph = { ...provenanceOf("graph"), seed: SEED, graphs };
  await writeRecorded("graph", recorded);
  await recordStory("graph", story, fields, (state) => runState(graphs, state, signal));
}
