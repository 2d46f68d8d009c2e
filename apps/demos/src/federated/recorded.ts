import type { Run } from "./names";

/** What the page shows before anything is run: what `npm run demos -- --record federated` has written. */
export interface RecordedFederation {
  command: string;
  commit: string;
  seed: number;
  ratio: number;
  run: Run;
}
