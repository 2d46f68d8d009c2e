import type { ServerState } from "../strategies/strategy";

/** An update that was counted. */
export interface AcceptedUpdate {
  readonly round: number;
  readonly clientId: string;
  /** n_k as claimed; 0 under secure aggregation, which hides it. */
  readonly numSamples: number;
  /** Of the update's numbers, to recognise it again; "" under secure aggregation. */
  readonly checksum: string;
}

/** What one finished round was made of. */
export interface RoundRecord {
  readonly round: number;
  /** In order of client ids; each at most once. */
  readonly accepted: readonly AcceptedUpdate[];
  readonly metrics: { readonly [name: string]: number };
  readonly bytesUp: number;
  readonly bytesDown: number;
}

/** All that is needed to go on after a round. */
export interface Checkpoint {
  /** Of the strategy and the seed; a resumed run must have the same. */
  readonly run: { readonly strategy: string; readonly seed: number };
  readonly state: ServerState;
  readonly record: RoundRecord;
}

/** Where a federation writes down what it did. */
export interface Journal {
  /** The last finished round, if there is one. */
  load(): Promise<Checkpoint | undefined>;
  /** Notes an accepted update before its round is over. */
  accept(update: AcceptedUpdate): Promise<void>;
  /** Makes a finished round last, all or nothing. */
  commit(checkpoint: Checkpoint): Promise<void>;
  /** Called when the run has ended, however it did. */
  close?(): Promise<void>;
}

/** A journal in memory: for tests, and to stop and go on within one process. */
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
