import type { ServerState } from "./strategy";

/** An update that was counted. */
export interface AcceptedUpdate {
  readonly round: number;
  readonly clientId: string;
  /** n_k as claimed; 0 under secure aggregation, which hides it. */
  readonly numSamples: number;
  /** Checksum of the update's numbers, to recognise the update; "" under secure aggregation. */
  readonly checksum: string;
}

/** The record of one finished round. */
export interface RoundRecord {
  readonly round: number;
  /** In the order of client ids, each at most once. */
  readonly accepted: readonly AcceptedUpdate[];
  readonly metrics: { readonly [name: string]: number };
  readonly bytesUp: number;
  readonly bytesDown: number;
}

/** Everything needed to continue after a round. */
export interface Checkpoint {
  /** The strategy and the seed; a resumed run must have the same. */
  readonly run: { readonly strategy: string; readonly seed: number };
  readonly state: ServerState;
  readonly record: RoundRecord;
}

/** Storage for the progress of a federation. */
export interface Journal {
  /** The last finished round, if there is one. */
  load(): Promise<Checkpoint | undefined>;
  /** Records an accepted update before its round is over. */
  accept(update: AcceptedUpdate): Promise<void>;
  /** Stores a finished round permanently and atomically. */
  commit(checkpoint: Checkpoint): Promise<void>;
  /** Called when the run has ended, whether it succeeded or failed. */
  close?(): Promise<void>;
}

/** A journal in memory: for tests, and to stop and resume within one process. */
export function memoryJournal(): Journal & {
  readonly records: readonly RoundRecord[];
  readonly accepted: readonly AcceptedUpdate[];
} {
  const records: RoundRecord[] = [];
  const accepted: AcceptedUpdate[] = [];
  let last: Checkpoint | undefined;
  return {
    records,
    accepted,
    load: async () => last,
    accept: async (update) => void accepted.push(update),
    commit: async (checkpoint) => {
      last = checkpoint;
      records.push(checkpoint.record);
    },
  };
}
