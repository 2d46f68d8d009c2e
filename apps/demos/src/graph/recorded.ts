import type { GraphData, Labels } from "./graph-data";
import type { SourceName } from "./sources";
import type { Accuracies } from "./ways";
import type { Weighing } from "./weigh-labels";

/** Drawn seats of the labels. */
export interface Seat {
  labels: Labels;
  /** Conflict of all labels. */
  total: number;
  /** Mean gain by ReNode's weights, in shares of nodes. */
  gain: number;
}

/** The page before anything is run, as `npm run demos -- --record graph` has written it. */
export interface RecordedGraph {
  command: string;
  commit: string;
  seed: number;
  graphs: Record<
    SourceName,
    {
      graph: GraphData;
      /** With the seats at which ReNode's gain is the middle one of those drawn. */
      weighing: Weighing;
      accuracies: Accuracies;
      /** Seats that were drawn, from the least to the greatest gain. */
      seats: Seat[];
    }
  >;
}
