import type { Run } from "./names";

/** The page's content before anything is run, as `npm run demos -- --record federated` has written. */
export interface RecordedFederation {
  command: string;
  commit: string;
  seed: number;
  ratio: number;
  run: Run;
}
