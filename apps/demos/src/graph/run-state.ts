import { compareTraining } from "./compare-training";
import { readLabels } from "./graph-data";
import type { RecordedGraph } from "./recorded";
import { type Judged, judged, type State } from "./state";
import type { Way } from "./ways";
import { weighLabels } from "./weigh-labels";

/** The result of a state of the page, on graphs and seats as they were recorded. */
export async function runState(
  graphs: RecordedGraph["graphs"],
  { graph: name, labels: text, seed }: State,
  signal: AbortSignal,
): Promise<Judged> {
  const { graph, weighing, seats } = graphs[name];
  const labels = readLabels(text) ?? weighing.labels;
  const accuracies: Record<Way, number[]> = { equal: [], renode: [] };
  for await (const { way, accuracy } of compareTraining({ graph, labels, seed }, signal))
    accuracies[way].push(accuracy);
  return judged({ weighing: weighLabels(graph, labels), accuracies, seats });
}
