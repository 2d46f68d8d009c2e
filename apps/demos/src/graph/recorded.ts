import type { GraphData } from "./graph-data";
import type { SourceName } from "./sources";
import type { Accuracies } from "./ways";
import type { Weighing } from "./weigh-labels";

/** The page before anything is run, as `npm run demos -- --record graph` has written it. */
export interface RecordedGraph {
  command: string;
  commit: string;
  seed: number;
  graphs: Record<SourceName, { graph: GraphData; weighing: Weighing; accuracies: Accuracies }>;
}
