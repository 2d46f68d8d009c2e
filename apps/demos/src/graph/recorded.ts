import type { GraphData } from "./graph-data";
import type { SourceName } from "./sources";
import type { Accuracies } from "./ways";
import type { Weighing } from "./weigh-labels";

/** What the page shows before anything is run: what `npm run demos -- --record graph` has written. */
export interface RecordedGraph {
  command: string;
  commit: string;
  seed: number;
  graphs: Record<SourceName, { graph: GraphData; weighing: Weighing; accuracies: Accuracies }>;
}
