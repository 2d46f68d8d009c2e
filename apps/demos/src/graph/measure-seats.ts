import { compareTraining } from "./compare-training";
import type { GraphData, Labels } from "./graph-data";
import { randomFrom } from "./random";
import type { Seat } from "./recorded";
import { type Accuracies, meanGain } from "./ways";
import { weighLabels } from "./weigh-labels";

/** Seats that are drawn. */
const SEATS = 20;

/** As many nodes of each class, drawn. */
function drawLabels({ nodes, classNames }: GraphData, perClass: number, seed: number): Labels {
  const random = randomFrom(seed);
  return classNames
    .flatMap((_, label) => {
      const left = [...nodes.keys()].filter((node) => nodes[node]!.truth === label);
      return Array.from({ length: perClass }, () => {
        const [node] = left.splice(Math.floor(random() * left.length), 1);
        return [node!, label] as const;
      });
    })
    .sort(([a], [b]) => a - b);
}

/** Draws seats for the labels and trains with each: from the least to the greatest gain by ReNode's weights. */
export async function measureSeats(
  graph: GraphData,
  { perClass, seed }: { perClass: number; seed: number },
  signal: AbortSignal,
): Promise<Seat[]> {
  const seats: Seat[] = [];
  for (let draw = 1; draw <= SEATS; draw++) {
    const labels = drawLabels(graph, perClass, draw);
    const accuracies: Record<keyof Accuracies, number[]> = { equal: [], renode: [] };
    for await (const { way, accuracy } of compareTraining({ graph, labels, seed }, signal))
      accuracies[way].push(accuracy);
    const { total } = weighLabels(graph, labels);
    seats.push({ labels, total, gain: meanGain(accuracies) });
  }
  return seats.sort((a, b) => a.gain - b.gain || a.total - b.total);
}
