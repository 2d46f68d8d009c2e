import type { Federation } from "./state";

/** The page's content before anything is run, as `npm run demos -- --record federated` has written. */
export interface RecordedFederation {
  command: string;
  commit: string;
  federation: Federation;
}
