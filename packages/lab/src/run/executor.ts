import type { Provenance } from "@deepgrain/support/files";
import type { RunEvent } from "../study/study";

/** Whose a run is. */
export interface RunKey {
  study: string;
  /** Of the study with its settings. */
  fingerprint: string;
  variant: string;
  seed: number;
}

/** One run as plain data, so that it can be sent to another thread or machine. */
export interface RunTask extends RunKey {
  /** URL of the module that exports the study; undefined for one that only runs in process. */
  module: string | undefined;
  exportName: string;
  settings: unknown;
  /** Folder of files that runs share. */
  artifacts: string;
  /** Results by id of the variants that this one comes after, at the same seed. */
  inputs: Readonly<Record<string, unknown>>;
}

/** Options of an executor besides the task. */
export interface ExecuteOptions {
  /** Ends the run. */
  signal: AbortSignal;
  /**
   * A promise that it returns resolves when the event's reader is done with the event; a run on this thread waits for
   * that.
   */
  onEvent(event: RunEvent): void | Promise<void>;
  /** Does the task on this thread. */
  here(task: RunTask): Promise<unknown>;
}

/** The result of an executor: that of a run, and where it comes from if not from this process. */
export interface Executed {
  result: unknown;
  provenance?: Provenance | undefined;
}

/** Where runs are done: in process, in worker threads, on many machines. */
export interface Executor {
  /** Runs at a time, at least 1. */
  readonly concurrency: number;
  /** Does a run; the same task may come again after a crash. */
  execute(task: RunTask, options: ExecuteOptions): Promise<Executed>;
  /** Called when the result is in its file. */
  settle?(task: RunTask): Promise<void>;
  /** Frees what the executor holds; called once, also after a failure. */
  close?(): Promise<void>;
}

/** Does one run after the other on this thread. The default. */
export const inProcess = (): Executor => ({
  concurrency: 1,
  execute: async (task, { here }) => ({ result: await here(task) }),
});
