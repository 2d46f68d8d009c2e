import { type RenodeResult, renodeWeights } from "@deepgrain/renode";
import type { AbstractGraph } from "graphology-types";
import type { CliContext } from "../cli/context";
import type { Values } from "../cli/flags";
import { splitFlags } from "./draw-labelled";
import { graphFlags, influenceOptions, scoreFlags } from "./graph-flags";
import { openGraph } from "./open-graph";

/** The flags of everything that scores a graph. */
export const scoringFlags = { ...graphFlags, ...scoreFlags, ...splitFlags };

/** Reads and scores a graph with progress, and prints notes about the scores. */
export async function scoreGiven(
  given: Values<typeof scoringFlags>,
  { progress, signal }: Pick<CliContext, "progress" | "signal">,
): Promise<{ graph: AbstractGraph; result: RenodeResult }> {
  const { read, labels } = await openGraph(given);
  const options = { ...influenceOptions(given), ...labels, signal };
  const task = progress.task("scoring");
  for await (const event of renodeWeights.events(read.graph, options)) {
    if (event.type === "progress") {
      task.update(Math.min(1, event.done / event.total), event.stage);
      continue;
    }
    const { result } = event;
    task.end(summary(result));
    for (const { message } of result.warnings) progress.note(message);
    return { graph: read.graph, result };
  }
  throw new Error("scoring ended without a result");
}

/** "140 labelled nodes, total conflict 0.1132, cover 96.3 %, homophily 0.92" */
function summary({ keys, total, cover, homophily }: RenodeResult): string {
  return [
    `${keys.length} labelled nodes`,
    `total conflict ${total.toPrecision(4)}`,
    `cover ${(100 * cover).toFixed(1)} %`,
    ...(homophily === null ? [] : [`homophily ${homophily.toFixed(2)}`]),
  ].join(", ");
}
